#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# crossbeam.sh RUSTC REGISTRY FOLDER OUT SOURCE: builds the crossbeam peer from the sources that
# distribution packages put into REGISTRY, offline, with the compiler alone.
set -eu
rustc=$1 registry=$2 folder=$3 out=$4 source=$5

mkdir -p "$folder"
crate() { # NAME FOLDER [OPTION...]
  name=$1 from=$2
  shift 2
  "$rustc" --crate-name "$name" --crate-type rlib --edition 2018 -O --cap-lints allow \
    --out-dir "$folder" -L "$folder" "$@" "$(echo "$registry/$from"-*/src/lib.rs)"
}
crate cfg_if cfg-if
crate crossbeam_utils crossbeam-utils --cfg 'feature="std"' --extern cfg_if="$folder/libcfg_if.rlib"
crate crossbeam_channel crossbeam-channel --cfg 'feature="std"' \
  --extern cfg_if="$folder/libcfg_if.rlib" \
  --extern crossbeam_utils="$folder/libcrossbeam_utils.rlib"
"$rustc" --edition 2021 -O -L "$folder" \
  --extern crossbeam_channel="$folder/libcrossbeam_channel.rlib" -o "$out" "$source"
