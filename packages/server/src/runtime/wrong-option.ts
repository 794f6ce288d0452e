export { isWrongOption } from "@crossfoot/connector-sdk";
