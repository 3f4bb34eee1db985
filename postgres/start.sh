# PostgreSQL for one Usermon. It listens on a socket in /run/postgresql and on no network; the socket's mode
# lets in the account of Usermon's containers (and root), so that no password has to lie anywhere.
# Data lie in the volume /data, in a folder named after the version. Arguments are PostgreSQL's.
programs=$(echo /usr/lib/postgresql/*/bin)
PATH=$programs:$PATH
version=$(basename "$(dirname "$programs")")
data=/data/$version
echo "usermon:x:$(id -u):$(id -g):Usermon:/tmp:/bin/sh" >/tmp/passwd

if [ ! -e "$data/PG_VERSION" ]; then
    if ls /data/*/PG_VERSION >/dev/null 2>&1; then
        echo "error: the data in this volume are of another version than PostgreSQL $version: $(ls /data)" >&2
        echo "fix: start the older image again and copy the store elsewhere: usermon-overview copy-store." >&2
        exit 1
    fi
    rm -rf "$data.new"
    initdb --pgdata="$data.new" --username=usermon --auth-local=trust --auth-host=reject --encoding=UTF8 \
        --locale=C >/dev/null
    echo 'CREATE DATABASE usermon' | postgres --single -D "$data.new" postgres >/dev/null
    # Under its name when it is whole: a start that was interrupted begins anew.
    mv "$data.new" "$data"
fi
exec postgres -D "$data" -c listen_addresses= -c unix_socket_directories=/run/postgresql \
    -c unix_socket_permissions=0700 "$@"
