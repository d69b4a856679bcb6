import { usePlace } from "../../frame/place.ts";
import "./catalog.css";
import { CatalogList } from "./CatalogList.tsx";
import { TypePage } from "./TypePage.tsx";

/** `/catalog`, and `/catalog/card.moved` for one of its types. */
export function CatalogPage() {
  const type = usePlace().path[1];
  return type === undefined ? <CatalogList /> : <TypePage key={type} name={type} />;
}
