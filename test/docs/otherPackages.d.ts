// What the guides import and this repository does not install: as much of it as their programs use.
declare module "next" {
  export interface NextConfig {
    skipTrailingSlashRedirect?: boolean;
  }
}
declare module "express" {
  import type { IncomingMessage, ServerResponse } from "node:http";
  interface Asked extends IncomingMessage {
    url: string;
    body: { title: string };
    params: { person: string; id: string };
  }
  interface Answer extends ServerResponse {
    cookie(name: string, value: string, options: { httpOnly: boolean; sameSite: "lax" }): void;
    json(value: unknown): void;
    redirect(address: string): void;
    sendStatus(status: number): void;
  }
  type Handler = (request: Asked, response: Answer, next: () => void) => unknown;
  interface App {
    use(handler: Handler): void;
    get(path: string, handler: Handler): void;
    post(path: string, handler: Handler): void;
    listen(port: number, ready: () => void): { close(): void };
  }
  interface Express {
    (): App;
    static(folder: string): Handler;
    json(): Handler;
  }
  const express: Express;
  export default express;
}
