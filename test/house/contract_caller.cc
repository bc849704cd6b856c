/* SPDX-License-Identifier: Apache-2.0 */
/* The same caller as C++17. */
#include "contract_caller.c"
