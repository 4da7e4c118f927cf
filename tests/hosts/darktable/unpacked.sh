#!/bin/sh
# A program of another Debian, whose packages lie unpacked in ../root, started by that Debian's loader with its libraries.
# What it starts is this system's again. `make test-darktable` puts this under the program's name.
here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$0")
root=${here%/*}/root/usr
libraries=$root/lib/$(uname -m)-linux-gnu
path=$libraries/darktable:$libraries:$libraries/blas:$libraries/lapack:$libraries/pulseaudio:$root/lib
case "$name $*" in # what belongs to darktable itself stands behind --core, where darktable-cli is started
  darktable\ * | *\ --core\ *) core= ;;
  *) core=--core ;;
esac
set -- "$@" $core --datadir "$root/share/darktable" --moduledir "$libraries/darktable" --localedir "$root/share/locale"
# The modules of this system's libraries do not fit: none are loaded.
export GDK_PIXBUF_MODULE_FILE=/dev/null GIO_MODULE_DIR=/dev/null
exec "$libraries"/ld-linux-*.so.* --argv0 "$name" --library-path "$path" "$root/bin/$name" "$@"
