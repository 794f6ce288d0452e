import { crashMatrix } from "./matrix-suite.ts";

crashMatrix("server");
