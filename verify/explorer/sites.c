/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

struct explore_site *sites;

void site_use(struct explore_site *site)
{
	site->used = true;
	if (site->known)
		return;
	site->known = true;
	site->next = sites;
	sites = site;
}
