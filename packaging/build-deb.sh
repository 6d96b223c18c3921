#!/usr/bin/env bash
# Makes the Debian package of built programs. Usage: build-deb.sh PROGRAMS OUTPUT [VERSION]
# PROGRAMS: the directory of vitrined, vitrine-worker and vitrinectl, with the Swift runtime linked
# statically. VERSION: another one than the changelog's, for tests of upgrades.
set -euo pipefail
programs=$(realpath "$1")
mkdir -p "$2"
output=$(realpath "$2")
version=${3:-}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for program in vitrined vitrine-worker vitrinectl; do
    if ldd "$programs/$program" | grep -q libswiftCore; then
        echo "build-deb: $program needs a Swift runtime; build with --static-swift-stdlib" >&2
        exit 1
    fi
done

# dpkg wants ./debian, and leaves its own things around it: a copy, on local disk, thrown away.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/vitrine
mkdir "$tree"
for part in config docs man completions packaging systemd LICENSE README.md CHANGELOG.md; do
    if [ -e "$source/$part" ]; then cp -a "$source/$part" "$tree/"; fi
done
cp -a "$source/packaging/debian" "$tree/debian"
cd "$tree"
said=$("$programs/vitrined" --version)
if [ -n "$version" ]; then
    sed -i "1s/([^)]*)/($version)/" debian/changelog
fi
packed=$(dpkg-parsechangelog -S Version)
if [ "${packed%-*}" != "$said" ]; then
    echo "build-deb: the changelog says $packed, vitrined says $said" >&2
    exit 1
fi
PROGRAMS=$programs dpkg-buildpackage --build=binary --no-sign --no-check-builddeps
cp "$work"/*.deb "$output/"
ls "$output"/*.deb
