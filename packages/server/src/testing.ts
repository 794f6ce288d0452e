/**
 * What tests of the server need from outside it: databases of both homes, a real PostgreSQL, a disk that
 * forgets. Not for production code.
 */
export { openEphemeral } from "./platform/testing/ephemeral.ts";
