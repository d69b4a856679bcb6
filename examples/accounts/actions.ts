export { addLogin } from "./actions/addLogin.ts";
export { createPerson } from "./actions/createPerson.ts";
export { createUser } from "./actions/createUser.ts";
export { removePerson } from "./actions/removePerson.ts";
export { renamePerson } from "./actions/renamePerson.ts";
export { requestMagicLink } from "./actions/requestMagicLink.ts";
export { sendEmail } from "./actions/sendEmail.ts";
export { startSession } from "./actions/startSession.ts";
export { updateEmailStatus } from "./actions/updateEmailStatus.ts";

// Only for what was recorded long ago.
export { createUserV1 } from "./past/createUserV1.ts";
export { createUserV3 } from "./past/createUserV3.ts";
