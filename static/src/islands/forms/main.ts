/** What a script adds to the plain forms, which work without it: one can look at one's password. */

import { passwords } from "./passwords";

passwords(document.querySelectorAll("form[data-show]"));
