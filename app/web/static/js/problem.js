// What the service answers when something went wrong.

/** A failure with the stable code of the service's problem documents; `network` when there was no answer at all. */
export class Problem extends Error {
  constructor({ code = "internal", detail = "", request_id: requestId = "", status = 0 } = {}) {
    super(detail || code);
    Object.assign(this, { code, requestId, status });
  }

  /** The service has no such route: another version, or a part that is not installed. */
  get isMissingPart() {
    return this.status === 404 && (this.code.endsWith("_off") || ["not_found", "flows_missing"].includes(this.code));
  }
}
