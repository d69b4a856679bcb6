import { usePlace } from "../../frame/place.ts";
import { SubscriptionList } from "./SubscriptionList.tsx";
import { SubscriptionPage } from "./SubscriptionPage.tsx";
import "./subscriptions.css";

/** `/subscriptions`, and `/subscriptions/search` for one of them. */
export function SubscriptionsPage() {
  const name = usePlace().path[1];
  return name === undefined ? <SubscriptionList /> : <SubscriptionPage key={name} name={name} />;
}
