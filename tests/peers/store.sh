# Keeps one message: store.sh DIRECTORY REVERSE-PATH FORWARD-PATH... <message
# The paths come first, one a line and in brackets, then an empty line, then
# the message as the mail server hands it over.
set -eu
directory=$1
shift
draft=$(mktemp "$directory/draft.XXXXXXXX")
{
    printf '<%s>\n' "$@"
    echo
    cat
} >"$draft"
chmod 644 "$draft"
mv "$draft" "$directory/message.${draft##*.}"
