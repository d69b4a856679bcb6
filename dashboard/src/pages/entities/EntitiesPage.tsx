import { usePlace } from "../../frame/place.ts";
import "./entities.css";
import { EntityPage } from "./EntityPage.tsx";
import { EntitySearch } from "./EntitySearch.tsx";

/** /entities finds one, /entities/card/14 tells all about it. */
export function EntitiesPage() {
  const [, type, id] = usePlace().path;
  if (type === undefined || id === undefined) return <EntitySearch />;
  return <EntityPage key={`${type}:${id}`} type={type} id={id} />;
}
