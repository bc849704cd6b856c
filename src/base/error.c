/* SPDX-License-Identifier: Apache-2.0 */
#include <leat/leat.h>

#include <errno.h>
#include <string.h>

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)

const char *leat_version(void)
{
	return TEXT(LEAT_VERSION_MAJOR) "." TEXT(LEAT_VERSION_MINOR) "." TEXT(LEAT_VERSION_PATCH);
}

const char *leat_strerror(int err)
{
	switch (err) {
	case 0:
		return "done";
	case -EAGAIN:
		return "would have to wait";
	case -ETIMEDOUT:
		return "the deadline has passed";
	case -EPIPE:
		return "closed";
	case -ECANCELED:
		return "cancelled";
	case -EDEADLK:
		return "would wait for itself";
	case -EINVAL:
		return "invalid argument or option";
	case -E2BIG:
		return "options of a later version of leat that this one does not know";
	case -EPROTONOSUPPORT:
		return "compiled against another version of leat: compile it again";
	default: {
		const char *text = err < 0 && err != INT32_MIN ? strerrordesc_np(-err) : NULL;

		return text ? text : "unknown error";
	}
	}
}
