/** Uploads by XMLHttpRequest: fetch does not tell how far it is. */

import { ApiError, isObject, UNREACHABLE } from "../../core/errors";
import { MEMBER_HEADER } from "../../core/http";
import type { Attachment, Id } from "../../core/types";
import type { SendFile } from "./uploads";

export function sendFile(open: () => XMLHttpRequest, csrf: () => string, member: Id): SendFile {
  return (conv, file, onProgress, signal) =>
    new Promise((resolve, reject) => {
      const request = open();
      const form = new FormData();
      form.append("conversation", conv);
      form.append("file", file, file.name);
      request.open("POST", "/api/v1/attachments/");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader(MEMBER_HEADER, member);
      request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
      request.onerror = () => reject(new ApiError({ code: UNREACHABLE }));
      request.onload = () => {
        const { status } = request;
        const told = read(request.responseText);
        if (status === 201) resolve(told as unknown as Attachment);
        else reject(problemOf(status, told));
      };
      signal.addEventListener("abort", () => request.abort());
      request.send(form);
    });
}

function read(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function problemOf(status: number, told: Record<string, unknown>): ApiError {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return new ApiError({
    status,
    code: text(told.code) || `http_${status}`,
    detail: text(told.detail),
    requestId: text(told.request_id) || null,
  });
}
