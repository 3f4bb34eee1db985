# Lives in memory and forgets all at its end, so it may be as careless as it is quick.
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
echo "$PASSWORD" > /tmp/password
initdb --pgdata=/tmp/data --username=usermon --pwfile=/tmp/password --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C --no-sync > /dev/null
exec postgres -D /tmp/data -p "$PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off
