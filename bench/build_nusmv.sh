#!/bin/sh
# Builds the NuSMV 2.5.4 command line, one of the benchmark's peers, from the source that the pynusmv 1.0rc8 source distribution carries.
#
#   bench/build_nusmv.sh FOLDER      then: PATH="FOLDER:$PATH" python -m bench
#
# Leaves FOLDER/NuSMV. Needs gcc, make, flex, bison, perl and pip; takes about a minute on two cores. The code is from 2011: hence C of 1989, tentative
# definitions merged, no warnings. Both NuSMV and its decision diagrams (CUDD 2.4.1.1) are built with -O3, as a fair comparison asks;
# without a SAT solver, which invariants by decision diagrams do not use.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
build="$folder/build"
python=${PYTHON:-python3}
flags="-O3 -std=gnu89 -fcommon -w -DNDEBUG"

rm -rf "$build" && mkdir -p "$build" && cd "$build"
"$python" -m pip download --quiet --no-deps --no-binary :all: "pynusmv==1.0rc8"
tar xzf pynusmv-1.0rc8.tar.gz
tar xzf pynusmv-1.0rc8/dependencies/NuSMV/NuSMV-2.5.4.tar.gz

cd "$build/NuSMV-2.5.4/cudd-2.4.1.1"
case $(uname -m) in
  x86_64 | aarch64) cp Makefile_64bit Makefile ;;
esac
sed -i 's/union wait status;/int status;/' util/pipefork.c  # a type that the C library no longer has
make CC="'gcc $flags'" ICFLAGS="-O3" DDDEBUG= MTRDEBUG=

cd "$build/NuSMV-2.5.4/nusmv"
./configure CC="gcc" CFLAGS="$flags" --disable-minisat --disable-zchaff
make -j "$(nproc)"
cp "$(find . -name NuSMV -type f -perm -u+x | head -n 1)" "$folder/NuSMV"
echo "$folder/NuSMV"
