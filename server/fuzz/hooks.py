"""What schemathesis 4.32 does not do by itself.

In its coverage phase it gives requests that are meant to be sound an Idempotency-Key that is none, made of zeros: they
were all refused before anybody looked at their bodies.
"""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.headers and set(case.headers.get("Idempotency-Key", "")) == {"0"}:
        del case.headers["Idempotency-Key"]
