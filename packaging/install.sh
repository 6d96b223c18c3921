#!/usr/bin/env bash
# Puts everything where it lives on a machine, below DESTDIR. Usage: install.sh PROGRAMS DESTDIR
# PROGRAMS is the directory of the built vitrined, vitrine-worker and vitrinectl.
set -euo pipefail
programs=$1
destination=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

put() { install -D -m "$1" "$2" "$destination$3"; }

put 755 "$programs/vitrined" /usr/bin/vitrined
put 755 "$programs/vitrinectl" /usr/bin/vitrinectl
put 755 "$programs/vitrine-worker" /usr/libexec/vitrine/vitrine-worker
put 644 "$source/systemd/vitrined.service" /usr/lib/systemd/system/vitrined.service
put 644 "$source/systemd/vitrine.sysusers" /usr/lib/sysusers.d/vitrine.conf
put 644 "$source/systemd/vitrine.tmpfiles" /usr/lib/tmpfiles.d/vitrine.conf
put 644 "$source/config/vitrine.yaml" /etc/vitrine/vitrine.yaml
for recipe in "$source"/config/recipes/*.yaml; do
    put 644 "$recipe" "/etc/vitrine/recipes/${recipe##*/}"
done
install -d -m 755 "$destination/etc/vitrine/conf.d"
install -d -m 700 "$destination/etc/vitrine/credentials"
for contract in "$source"/config/*.json "$source/config/openapi.yaml"; do
    put 644 "$contract" "/usr/share/vitrine/${contract##*/}"
done
for example in "$source"/systemd/examples/*.conf; do
    put 644 "$example" "/usr/share/doc/vitrine/examples/systemd/${example##*/}"
done
put 644 "$source/docs/examples/nginx.conf" /usr/share/doc/vitrine/examples/nginx.conf
put 755 "$source/docs/examples/tusd-post-finish.sh" \
    /usr/share/doc/vitrine/examples/tusd-post-finish.sh
for page in "$source"/docs/*.md; do
    [ -e "$page" ] && put 644 "$page" "/usr/share/doc/vitrine/${page##*/}"
done
# What the programs say of themselves.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
for page in vitrinectl.1 vitrined.8; do
    python3 "$source/man/manual.py" "$programs/${page%.*}" "${page##*.}" >"$made/$page"
    put 644 "$made/$page" "/usr/share/man/man${page##*.}/$page"
done
# Sourced, never executed: without the line that names an interpreter.
"$programs/vitrinectl" completions bash | sed '1{/^#!/d}' >"$made/bash"
"$programs/vitrinectl" completions zsh >"$made/zsh"
"$programs/vitrinectl" completions fish >"$made/fish"
put 644 "$made/bash" /usr/share/bash-completion/completions/vitrinectl
put 644 "$made/zsh" /usr/share/zsh/vendor-completions/_vitrinectl
put 644 "$made/fish" /usr/share/fish/vendor_completions.d/vitrinectl.fish
