"""What can go wrong with a store behind a network, in words: what waiting helps against, and what it does not.

Nothing that a server or its client library says goes into a message, apart from the short code of S3 (`AccessDenied`):
their texts may hold addresses with a password in them.
"""

import errno

# A fault of the request or of the way there; the same request may do the next time.
_PASSING_CODES = frozenset(
    {
        "BadDigest",
        "ConditionalRequestConflict",
        "IncompleteBody",
        "OperationAborted",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "XAmzContentSHA256Mismatch",
    }
)
_NO_ANSWER = (TimeoutError, ConnectionError)
# Of aiohttp, which s3fs brings, and of the parser of botocore.
_CUT_OFF = frozenset({"ClientPayloadError", "ServerDisconnectedError", "ClientOSError", "ResponseParserError"})
_CREDENTIALS = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, where the driver and every worker run; "
    "a server that is not Amazon's is named by AWS_ENDPOINT_URL."
)


_LASTING_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class StoreAccessError(Exception):
    """A bucket that is not there, or that must not be used so; waiting does not help."""


class StoreUnreachableError(Exception):
    """A server that does not answer, or answers that it cannot serve now; waiting may help.

    It is no `OSError`, which stands for what cannot be read on a disk: a unit that cannot be reached is not torn.
    """


def is_lasting(error: BaseException) -> bool:
    """Whether an error would come back: everything but a passing fault of a disk or a network."""
    passing = isinstance(error, OSError | StoreUnreachableError)
    return not passing or getattr(error, "errno", None) in _LASTING_ERRORS


def store_fault(error: Exception, bucket: str) -> StoreAccessError | StoreUnreachableError | None:
    """An error of s3fs in our words.

    Parameters
    ----------
    error : Exception
        What s3fs raised.
    bucket : str
        The bucket that was asked.

    Returns
    -------
    StoreAccessError, StoreUnreachableError or None
        None if the error is an answer, not a fault: the key is not there or already there, or the range is empty.
    """
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    if isinstance(response, dict):
        return _refusal(response, bucket)
    return _failure(error, bucket)


def s3_code(error: Exception) -> str:
    """The code of S3 that an error came with (`PreconditionFailed`), empty if there is none."""
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _refusal(response: dict, bucket: str) -> StoreAccessError | StoreUnreachableError | None:
    """What an answer of the server says."""
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in ("NoSuchBucket", "InvalidBucketName"):
        return StoreAccessError(f"There is no bucket {bucket!r}. Check its name, or make it first.")
    if code in _PASSING_CODES or status == 429 or (status >= 500 and status != 501):
        message = f"The server of bucket {bucket!r} cannot serve now ({status} {code}). {_again()}"
        return StoreUnreachableError(message)
    if status in (401, 403):
        message = f"The server refuses these credentials the use of bucket {bucket!r} ({code}). {_CREDENTIALS}"
        return StoreAccessError(message)
    if status in (404, 412, 416, 501):
        return None
    message = f"The server of bucket {bucket!r} refuses the request ({status} {code}). Check region and server."
    return StoreAccessError(message)


def _failure(error: Exception, bucket: str) -> StoreAccessError | StoreUnreachableError | None:
    """What is meant where no answer came."""
    # Loaded with the first fault only: without s3fs there is no botocore and no such fault.
    from botocore import exceptions as boto

    name = type(error).__name__
    if isinstance(error, boto.SSLError | boto.InvalidEndpointDiscoveryConfigurationError):
        return StoreAccessError(f"The server of bucket {bucket!r} cannot be trusted ({name}). Check its certificate.")
    if isinstance(error, (*_NO_ANSWER, boto.HTTPClientError, boto.ConnectionError)):
        return StoreUnreachableError(f"The server of bucket {bucket!r} does not answer ({name}). {_again()}")
    if isinstance(error, (boto.ResponseStreamingError, boto.IncompleteReadError)) or name in _CUT_OFF:
        return StoreUnreachableError(f"The server of bucket {bucket!r} broke off its answer ({name}). {_again()}")
    if isinstance(error, boto.BotoCoreError):
        return StoreAccessError(f"Bucket {bucket!r} cannot be opened with these settings ({name}). {_CREDENTIALS}")
    if isinstance(error, ValueError) and "endpoint" in str(error).lower():
        return StoreAccessError(
            "AWS_ENDPOINT_URL holds no address of a server. Write http://HOST:PORT or https://HOST."
        )
    return None


def _again() -> str:
    return "Everything written is kept; run the same command again when it is back."
