"""Refusals as the contract words them: a stable code, a sentence and a hint. Tracebacks only reach the log."""

import json

from lutbridge.errors import ReadError, SetupError, SizeError, UsageError

STATUS = {
    "bad_request": 400,
    "bad_option": 400,
    "protocol_unsupported": 400,
    "unknown_model": 400,
    "unauthorized": 401,
    "host_refused": 403,
    "origin_refused": 403,
    "not_found": 404,
    "unknown_job": 404,
    "unknown_group": 404,
    "unknown_take": 404,
    "method_not_allowed": 405,
    "job_unfinished": 409,
    "group_empty": 409,
    "group_unsolved": 409,
    "body_too_large": 413,
    "too_many_pixels": 413,
    "unsupported_media_type": 415,
    "photo_refused": 422,
    "too_many_groups": 429,
    "too_many_takes": 429,
    "too_many_jobs": 429,
    "headers_too_large": 431,
    "model_unavailable": 500,
    "internal": 500,
    "not_implemented": 501,
    "busy": 503,
    "shutting_down": 503,
    "deadline": 504,
    "out_of_memory": 507,
    "no_space": 507,
}


class ApiError(Exception):
    """A refusal.

    Args:
        code: a key of STATUS.
        message: what is wrong, one clause for people, without paths.
        hint: what to do, or "".
        headers: more headers of the answer.
    """

    def __init__(self, code: str, message: str, hint: str = "", headers: dict[str, str] | None = None):
        super().__init__(message)
        self.code, self.message, self.hint, self.headers = code, message, hint, headers or {}

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def to_dict(self) -> dict[str, str]:
        return {"code": self.code, "message": self.message, "hint": self.hint}

    def to_bytes(self) -> bytes:
        return json.dumps(self.to_dict()).encode()


def internal() -> ApiError:
    return ApiError("internal", "a bug in lutbridge stopped this", "please report it with the helper's log")


def shutting_down() -> ApiError:
    return ApiError("shutting_down", "the helper is shutting down", "start it again")


def refusal_of(error: Exception) -> ApiError:
    """The error for a client; for an unforeseen exception, only that it is a bug."""
    match error:
        case ApiError():
            return error
        case SizeError():
            return ApiError("too_many_pixels", error.fault, error.remedy)
        case ReadError():  # its text names the spooled file; the fault does not
            return ApiError("photo_refused", error.fault, error.remedy)
        case UsageError():
            return ApiError("bad_option", str(error))
        case SetupError():
            return ApiError("model_unavailable", "the model cannot be loaded", "run lutbridge doctor")
        case MemoryError():
            return ApiError("out_of_memory", "there is not enough memory for this photo", "close other programs")
        case _:
            return internal()
