import { usePlace } from "../../frame/place.ts";
import "../../styles/form.css";
import "./replay.css";
import { ReplayHome } from "./ReplayHome.tsx";
import { RunPage } from "./RunPage.tsx";

/** /replay begins one and lists the earlier ones, /replay/ID is one of them. */
export function ReplayPage() {
  const [, id] = usePlace().path;
  return id === undefined ? <ReplayHome /> : <RunPage key={id} id={id} />;
}
