#!/bin/sh
# Makes sha1.pem anew: an authority, then a leaf of it for each extended key usage (server, client, both, none), each
# signed with SHA-1, and the one key of all leaves. No library that the tests are built with signs so any more.
set -eu

name=mail.protection.outlook.com
days=36500
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
cd "$work"

openssl ecparam -name prime256v1 -genkey -noout -out root.key
openssl req -x509 -sha256 -key root.key -days $days -subj '/CN=Authority of SHA-1' -out root.pem \
    -addext 'keyUsage=critical,keyCertSign,cRLSign'
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out leaf.key
openssl req -new -key leaf.key -subj "/CN=$name" -out leaf.csr

leaf() {
    printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\n%s\n' "$name" "$2" >"$1.ext"
    openssl x509 -req -sha1 -in leaf.csr -CA root.pem -CAkey root.key -set_serial "$3" -days $days \
        -extfile "$1.ext" -out "$1.pem"
}
leaf server 'extendedKeyUsage=serverAuth' 1
leaf client 'extendedKeyUsage=clientAuth' 2
leaf both 'extendedKeyUsage=serverAuth,clientAuth' 3
leaf none '' 4

cat root.pem server.pem client.pem both.pem none.pem leaf.key >"$here/sha1.pem"
