# SPDX-License-Identifier: Apache-2.0
# A short face over tools/setup, Meson and the scripts in tools/. `make help` lists what there is.

PREFIX = /usr/local
DESTDIR =
BUILD = build

.PHONY: all help demo quick check check-long bench install clean

all:
	@tools/setup build
	@test -f $(BUILD)/build.ninja || \
		meson setup --prefix=$(PREFIX) -Dtests=disabled -Dverify=disabled \
			-Dbenchmarks=disabled $(BUILD)
	@ninja -C $(BUILD)

help:
	@echo 'make             build the library and the command, into $(BUILD)/'
	@echo 'make demo        build, then run a command on some thousand files of this machine'
	@echo 'make quick       the fast tests, with one compiler: about 2 minutes'
	@echo 'make check       all that every change must hold: within 20 minutes on 2 cores'
	@echo 'make check-long  the same for a day, exploration for 8 hours, emulated aarch64: before a release'
	@echo 'make bench       what the buffers and leat map do here, beside the peers that are installed'
	@echo '                 (tools/setup bench installs them all)'
	@echo 'make install     PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)'
	@echo 'make clean       remove $(BUILD)/'
	@echo
	@echo 'Each first installs what it needs and does not find, through apt-get, and says so.'

demo: all
	@tools/demo $(BUILD)/cli/leat

quick:
	@tools/setup build check
	@tools/check --quick

check:
	@tools/setup build check
	@tools/check

check-long:
	@tools/setup build check long
	@tools/check --long

bench:
	@tools/setup build
	@test -f $(BUILD)/bench/build.ninja || \
		meson setup -Dtests=disabled -Dverify=disabled -Dbenchmarks=enabled $(BUILD)/bench
	@ninja -C $(BUILD)/bench
	@bench/run $(BUILD)/bench

install: all
	@meson configure -Dprefix=$(PREFIX) $(BUILD)
	@DESTDIR='$(DESTDIR)' meson install -C $(BUILD)
	@test -n '$(DESTDIR)' || test "$$(id -u)" -ne 0 || PATH="$$PATH:/sbin" ldconfig

clean:
	rm -rf $(BUILD)
