#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures `leat map` beside the programs that people run jobs with, in tables.

Jobs a second of a command that does nothing, megabytes a second of jobs with large outputs, and the
memory that it takes. All programs take turns, several rounds; figures are medians and quartiles.
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

OUTPUT_JOBS = 200
OUTPUT_BYTES = 4 << 20
CALIBRATION_JOBS = 100
MOST_JOBS = 50000
LIMIT_SECONDS = 120
TABLES = ['true', 'noop', 'output', 'memory']


class Failure(Exception):
  """A program did not do what it was asked; its figure would mean nothing."""


class Tool:
  """A program that runs jobs. command(jobs) gives its arguments for jobs 1 to `jobs`."""

  def __init__(self, name, command, package=None, reads_items=True):
    self.name, self.command, self.reads_items = name, command, reads_items
    self.package = package  # to install for it; None: it is here
    self.jobs = CALIBRATION_JOBS
    self.figures = []


class Bench:

  def __init__(self, build, slots, folder):
    self.folder, self.slots = folder, str(slots)
    self.leat = os.path.join(build, 'cli', 'leat')
    self.floor = os.path.join(build, 'bench', 'spawn_floor')
    self.noop = os.path.join(build, 'bench', 'noop')

  def items(self, jobs):
    """A file with the numbers 1 to jobs, one a line."""
    path = os.path.join(self.folder, f'items-{jobs}')
    if not os.path.exists(path):
      with open(path, 'w', encoding='ascii') as out:
        out.writelines(f'{i}\n' for i in range(1, jobs + 1))
    return path

  def makefile(self, jobs, command):
    """A makefile that runs the command for each of jobs targets."""
    path = os.path.join(self.folder, f'makefile-{jobs}-{os.path.basename(command[0])}')
    if not os.path.exists(path):
      with open(path, 'w', encoding='ascii') as out:
        targets = ' '.join(f't{i}' for i in range(1, jobs + 1))
        out.write(f'.PHONY: all {targets}\nall: {targets}\n')
        out.write(f'{targets}:\n\t@{" ".join(command)}\n')
    return path

  def our_tool(self, name, options, command):
    package = None if os.access(self.leat, os.X_OK) else 'the command leat is not built yet'
    return Tool(name, lambda jobs: [self.leat, 'map', '-j', self.slots, *options, *command],
                package)

  def gnu_parallel(self, options, command):
    here = shutil.which('parallel')
    if here and 'GNU' not in run_for_text([here, '--version']):
      here = None
    return Tool(' '.join(['GNU parallel', *options]),
                lambda jobs: [here, '-j', self.slots, *options, *command],
                None if here else 'package parallel')

  def moreutils_parallel(self, command):
    here = shutil.which('parallel.moreutils')
    plain = shutil.which('parallel')
    if not here and plain and 'GNU' not in run_for_text([plain, '--version']):
      here = plain
    return Tool('moreutils parallel',
                lambda jobs: [here, '-j', self.slots, *command, '--', *map(str, range(jobs))],
                None if here else 'package moreutils', reads_items=False)

  def make(self, options, command):
    here = shutil.which('make')
    return Tool(' '.join(['make -j', *options]),
                lambda jobs: [here, '-s', '-r', '-j', self.slots, *options, '-f',
                              self.makefile(jobs, command)],
                None if here else 'package make', reads_items=False)

  def xargs(self, command):
    here = shutil.which('xargs')
    return Tool('xargs -P', lambda jobs: [here, '-P', self.slots, '-n', '1', *command],
                None if here else 'package findutils')

  def job_tools(self, command):
    floor = Tool('spawn floor',
                 # an argument as the others get one: some commands do less without
                 lambda jobs: [self.floor, '-j', self.slots, '-n', str(jobs), *command, '1'],
                 reads_items=False)
    return [floor,
            self.our_tool('leat map', [], command),
            self.our_tool('leat map --as-done', ['--as-done'], command),
            self.xargs(command), self.gnu_parallel([], command),
            self.moreutils_parallel(command), self.make([], command)]

  def output_tools(self):
    # The item that is appended to the command would be a second file to read: $0 of a shell is not.
    command = ['sh', '-c', f'exec head -c {OUTPUT_BYTES} /dev/zero']
    quoted = ['sh', '-c', f"'{command[2]}'"]
    return [self.our_tool('leat map', [], command),
            self.our_tool('leat map --as-done', ['--as-done'], command),
            self.gnu_parallel(['-k', '-q'], command), self.make(['-O'], quoted)]

  def start(self, tool, jobs, stdout):
    source = open(self.items(jobs) if tool.reads_items else os.devnull, 'rb')
    with source:
      return subprocess.Popen(tool.command(jobs), stdin=source, stdout=stdout,
                              stderr=subprocess.PIPE)


def run_for_text(command):
  return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                        check=False, timeout=LIMIT_SECONDS).stdout


def finish(process, tool):
  """Waits for the end and returns when it came."""
  try:
    complaint = process.communicate(timeout=LIMIT_SECONDS)[1]
  except subprocess.TimeoutExpired:
    process.kill()
    raise Failure(f'{tool.name}: not done after {LIMIT_SECONDS} s') from None
  if process.returncode != 0:
    raise Failure(f'{tool.name}: exit status {process.returncode}: {complaint.decode().strip()}')
  return time.monotonic()


def jobs_per_second(bench, tool, jobs):
  began = time.monotonic()
  return jobs / (finish(bench.start(tool, jobs, subprocess.DEVNULL), tool) - began)


def megabytes_per_second(bench, tool, reader):
  """Of all the jobs' output, through a pipe to the reader, whose own output is returned as well."""
  began = time.monotonic()
  process = bench.start(tool, OUTPUT_JOBS, subprocess.PIPE)
  with subprocess.Popen(reader, stdin=process.stdout, stdout=subprocess.PIPE) as sink:
    process.stdout.close()
    process.stdout = None
    finish(process, tool)
    told = sink.communicate()[0]
  took = time.monotonic() - began
  return OUTPUT_JOBS * OUTPUT_BYTES / took / 1e6, told


def processor_seconds():
  """Used by the machine, used by our children, and passed on all processors."""
  with open('/proc/stat', encoding='ascii') as stat:
    ticks = [int(t) / os.sysconf('SC_CLK_TCK') for t in stat.readline().split()[1:9]]
  ours = resource.getrusage(resource.RUSAGE_CHILDREN)
  return sum(ticks) - sum(ticks[3:5]), ours.ru_utime + ours.ru_stime, sum(ticks)


def percent_of_others(before):
  """What the processors did since then for other processes."""
  machine, ours, passed = (b - a for a, b in zip(before, processor_seconds()))
  return max(0.0, (machine - ours) / passed * 100) if passed else 0.0


def print_table(title, unit, tools, goals, bases, others):
  """bases: the names of those that the others are held against."""
  print(f'\n{title}; others took {others:.0f} %')
  print(f'  {"":24}{unit:>10}  {"quartiles":>17}' + ''.join(f'  {"/ " + b:>14}' for b in bases))
  medians = {t.name: statistics.median(t.figures) for t in tools if t.figures}
  for tool in sorted((t for t in tools if t.figures), key=lambda t: -medians[t.name]):
    quartiles = statistics.quantiles(tool.figures, n=4, method='inclusive') \
        if len(tool.figures) > 1 else [tool.figures[0]] * 3
    ratios = ''.join(f'  {medians[tool.name] / medians[b]:12.2f} x' if b in medians
                     else f'  {"-":>14}' for b in bases)
    print(f'  {tool.name:24}{medians[tool.name]:10.0f}  {quartiles[0]:7.0f} - {quartiles[2]:<7.0f}'
          f'{ratios}')
  for tool in tools:
    if tool.package:
      print(f'  {tool.name:24}not installed ({tool.package})')
  print(f'  goals of leat map: {goals}', flush=True)


def job_table(bench, title, command, settings):
  tools = bench.job_tools(command)
  here = [t for t in tools if not t.package]
  for tool in here:
    rate = jobs_per_second(bench, tool, CALIBRATION_JOBS)
    tool.jobs = max(CALIBRATION_JOBS, min(MOST_JOBS, int(rate * settings.seconds)))
  before = processor_seconds()
  for _ in range(settings.rounds):
    for tool in here:
      tool.figures.append(jobs_per_second(bench, tool, tool.jobs))
  print_table(title, 'jobs/s', tools, '0.95 of the floor, 1.0 of xargs',
              ['spawn floor', 'xargs -P'], percent_of_others(before))


def output_table(bench, settings):
  tools = bench.output_tools()
  here = [t for t in tools if not t.package]
  for tool in here:
    counted = int(megabytes_per_second(bench, tool, ['wc', '-c'])[1])
    if counted != OUTPUT_JOBS * OUTPUT_BYTES:
      raise Failure(f'{tool.name}: {counted} bytes came out of {OUTPUT_JOBS * OUTPUT_BYTES}')
  before = processor_seconds()
  for _ in range(settings.rounds):
    for tool in here:
      tool.figures.append(megabytes_per_second(bench, tool, ['sh', '-c', 'cat >/dev/null'])[0])
  print_table(f'large outputs: {OUTPUT_JOBS} jobs of {OUTPUT_BYTES >> 20} MiB, to a pipe', 'MB/s',
              tools, '1.0 of the best in order', ['GNU parallel -k -q', 'make -j -O'],
              percent_of_others(before))


def read_process(pid, name):
  """A file of /proc, or nothing once the process has gone."""
  try:
    with open(f'/proc/{pid}/{name}', encoding='ascii', errors='replace') as source:
      return source.read()
  except (FileNotFoundError, ProcessLookupError):
    return ''


def peak_kib(process, program):
  """The most memory that the process and its children of the same program ever had, each. The
  kernel's own record of a child that has ended would count this interpreter's, whose memory it was
  before the exec; so it is read while it runs. Jobs are grandchildren, and not counted."""
  most = {}
  while process.poll() is None:
    children = read_process(process.pid, f'task/{process.pid}/children').split()
    for pid in [str(process.pid), *children]:
      try:
        same = os.path.samefile(f'/proc/{pid}/exe', program)
      except OSError:
        continue
      peak = re.search(r'VmHWM:\s*(\d+)', read_process(pid, 'status'))
      if same and peak:
        most[pid] = max(most.get(pid, 0), int(peak.group(1)))
    time.sleep(0.002)
  return sum(most.values())


def memory_table(bench):
  print('\npeak memory of leat map (goal: 10 MB beyond --buffer, which is 64M)')
  slow_first = f'test $0 != 1 || sleep 1; exec head -c {OUTPUT_BYTES} /dev/zero'
  for title, command, jobs in (
      ('10000 jobs without output', ['/bin/true'], 10000),
      ('large outputs behind a slow job', ['sh', '-c', slow_first], OUTPUT_JOBS)):
    tool = bench.our_tool('leat map', [], command)
    if tool.package:
      print(f'  {tool.name:24}not installed ({tool.package})', flush=True)
      return
    with subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as sink:
      process = bench.start(tool, jobs, sink.stdin)
      sink.stdin.close()
      most = peak_kib(process, bench.leat)
      finish(process, tool)
    print(f'  {title:34}{most * 1024 / 1e6:8.1f} MB', flush=True)


def positive(text):
  value = int(text)
  if value < 1:
    raise argparse.ArgumentTypeError('give a number from 1')
  return value


def main():
  parser = argparse.ArgumentParser(
      description='Measures leat map beside other programs that run jobs.')
  parser.add_argument('build', help='the build directory, with the benchmarks and the command')
  parser.add_argument('-j', '--jobs', type=positive, default=len(os.sched_getaffinity(0)),
                      help='jobs at a time (as many as processors)')
  parser.add_argument('-r', '--rounds', type=positive, default=5, help='rounds (5)')
  parser.add_argument('-s', '--seconds', type=float, default=1.0,
                      help='how long one measurement of jobs takes, about (1)')
  parser.add_argument('-t', '--table', choices=TABLES, action='append',
                      help='only this table; may be given again')
  settings = parser.parse_args()
  chosen = settings.table or TABLES
  print(f'{settings.jobs} jobs at a time, load {os.getloadavg()[0]:.2f}, '
        f'medians of {settings.rounds} rounds and quartiles', flush=True)
  with tempfile.TemporaryDirectory(prefix='leat-bench-') as folder:
    bench = Bench(settings.build, settings.jobs, folder)
    if 'true' in chosen:
      job_table(bench, 'jobs that do nothing: /bin/true', ['/bin/true'], settings)
    if 'noop' in chosen and os.path.exists(bench.noop):
      job_table(bench, 'jobs that do nothing: a static program', [bench.noop], settings)
    if 'output' in chosen:
      output_table(bench, settings)
    if 'memory' in chosen:
      memory_table(bench)


if __name__ == '__main__':
  try:
    main()
  except Failure as failure:
    sys.exit(f'map: {failure}')
