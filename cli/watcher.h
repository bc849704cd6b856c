/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No child outlives leat. Two processes see to it: the watcher, which the user started and whose
 * end the shell waits for, and the working process, its child, which runs the jobs. Both are
 * subreapers, so whatever loses its parent below them comes to them, and whichever of the two dies,
 * the other kills all that is left. Only killing both at once escapes.
 */
#ifndef CLI_WATCHER_H
#define CLI_WATCHER_H

/*
 * Forks, runs work(argument, control) in the child, and in the parent watches over it: passes INT,
 * TERM, HUP, QUIT and TSTP on as bytes of the pipe `control`, kills what the child has left running
 * when it has ended in whatever way, and ends as the child did. A status of 128 + n becomes death
 * by signal n.
 */
int watcher_run(int (*work)(void *argument, int control), void *argument);

/*
 * Kills all children of this process with SIGKILL, and those that come to it when their parents are
 * dead, until there are none. It must be a subreaper.
 */
void kill_descendants(void);

#endif
