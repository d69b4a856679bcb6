import { defineEntity } from "../../src/index.ts";

export const person = defineEntity("person", { icon: "user" });
export const login = defineEntity("login", { icon: "key-round" });
export const magicLink = defineEntity("magic_link", { icon: "link" });
export const session = defineEntity("session", { icon: "log-in" });
export const email = defineEntity("email", { icon: "mail" });

/** What `user.create` was about before people and their logins were told apart. */
export const user = defineEntity("user", { icon: "user" });

// Others than people who act.
export const apiKey = defineEntity("api_key", { icon: "bot" });
export const job = defineEntity("job", { icon: "clock" });
export const anonymous = defineEntity("anonymous", { icon: "circle-user" });

export const mailer = job("mailer", "The mailer");
