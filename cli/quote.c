/* SPDX-License-Identifier: Apache-2.0 */
#include "quote.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c >= 0x80 || (c != '\0' && strchr("_-./:,+@%=", c));
}

/* What a terminal might obey. */
static bool is_control(unsigned char c)
{
	return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
}

static bool any(const char *word, size_t length, bool (*is)(unsigned char))
{
	for (size_t i = 0; i < length; i++)
		if (is((unsigned char)word[i]))
			return true;
	return false;
}

static bool all_plain(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_plain((unsigned char)word[i]))
			return false;
	/* = is the shell's only at the beginning of a word (zsh). */
	return length > 0 && word[0] != '=';
}

static void append_single(struct strings *s, const char *word, size_t length)
{
	strings_append(s, "'", 1);
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '\'')
			strings_append(s, "'\\''", 4);
		else
			strings_append(s, word + i, 1);
	}
	strings_append(s, "'", 1);
}

static void append_escaped(struct strings *s, const char *word, size_t length)
{
	strings_append(s, "$'", 2);
	for (size_t i = 0; i < length; i++) {
		char octal[8];
		if (is_control((unsigned char)word[i])) {
			int n = snprintf(octal, sizeof octal, "\\%03o", (unsigned char)word[i]);
			strings_append(s, octal, (size_t)n);
			continue;
		}
		if (word[i] == '\'' || word[i] == '\\')
			strings_append(s, "\\", 1);
		strings_append(s, word + i, 1);
	}
	strings_append(s, "'", 1);
}

void quote_append(struct strings *s, const char *word, size_t length)
{
	if (all_plain(word, length))
		strings_append(s, word, length);
	else if (any(word, length, is_control))
		append_escaped(s, word, length);
	else
		append_single(s, word, length);
}

void quote_append_list(struct strings *s, const struct strings *words, size_t first)
{
	for (size_t i = first; i < words->n; i++) {
		if (i > first)
			strings_append(s, " ", 1);
		quote_append(s, strings_at(words, i), strings_length(words, i));
	}
}

/* Words that a shell takes for its own where a command's name stands. */
static bool is_keyword(const char *word)
{
	static const char *const keywords[] = { "if",    "then",  "else", "elif",   "fi",
		                                "do",    "done",  "case", "esac",   "while",
		                                "until", "for",   "in",   "select", "function",
		                                "time",  "coproc" };
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (strcmp(word, keywords[i]) == 0)
			return true;
	return false;
}

void quote_append_command(struct strings *s, const struct strings *words)
{
	const char *name = strings_at(words, 0);
	if (strchr(name, '=') || is_keyword(name))
		append_single(s, name, strings_length(words, 0));
	else
		quote_append(s, name, strings_length(words, 0));
	if (words->n > 1)
		strings_append(s, " ", 1);
	quote_append_list(s, words, 1);
}
