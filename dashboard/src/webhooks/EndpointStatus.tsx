import { ToneMark } from "../shared/ToneMark.tsx";
import type { Endpoint } from "./api.ts";
import { statusWords } from "./endpointWords.ts";

export function EndpointStatus({ endpoint }: { readonly endpoint: Endpoint }) {
  const { tone, word } = statusWords(endpoint);
  return <ToneMark tone={tone} word={word} />;
}
