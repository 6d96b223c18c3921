#!/bin/sh
# A hook for tusd: hands a finished upload to Vitrine. Install as HOOKS/post-finish and start tusd
# with -hooks-dir HOOKS, its user in the group vitrine-upload, and its -upload-dir on the file system
# of the inbox, so that handing over is a rename. Needs jq.
set -eu
inbox=${VITRINE_INBOX:-/var/lib/vitrine/inbox}
event=$(cat)
field() { printf '%s' "$event" | jq -r "$1 // empty"; }
id=$(field .Event.Upload.ID)
path=$(field .Event.Upload.Storage.Path)
# A name is whatever the visitor's browser says: without slashes, and never hidden.
name=$(field .Event.Upload.MetaData.filename | tr '/' '_' | sed 's/^\.*//' | cut -c1-150)
owner=$(field .Event.Upload.MetaData.owner)

# One directory per upload: two visitors may send the same name. The sidecar comes first, so that the
# upload never waits for it. It always says whose the upload is, null for nobody's: without it the
# directory's name would be taken for a member's.
mkdir -m 2770 "$inbox/$id"
jq -n --arg owner "$owner" '{owner: (if $owner == "" then null else $owner end)}' \
    > "$inbox/$id/${name:-upload}.json"
chmod 640 "$inbox/$id/${name:-upload}.json"
# A moved file keeps its group; the daemon is in the inbox's.
chgrp "$(stat -c %G "$inbox")" "$path"
chmod 640 "$path"
mv "$path" "$inbox/$id/${name:-upload}"
rm -f "$path.info"
