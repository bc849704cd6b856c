/* SPDX-License-Identifier: Apache-2.0 */
/* Words as a shell reads them back: for messages that are meant to be pasted. */
#ifndef CLI_QUOTE_H
#define CLI_QUOTE_H

#include "strings.h"

/*
 * Appends the word to the string that is being made in s. Plain words stay as they are, others come
 * in single quotes; with control characters, which a terminal might obey, as $'...' of bash, zsh
 * and POSIX 2024.
 */
void quote_append(struct strings *s, const char *word, size_t length);

/* The same for all words of a list from `first` on, with a space between. */
void quote_append_list(struct strings *s, const struct strings *words, size_t first);

/* The same for a command: its name is also quoted where a shell would not take it for one. */
void quote_append_command(struct strings *s, const struct strings *words);

#endif
