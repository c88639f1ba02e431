# Sourced by the other scripts: pushes to a bot as WeChat would, by programs
# that are not ours (openssl, sort, curl).

# push URL TOKEN TEXT prints the body that the bot answers to a text message.
push() {
  local url=$1 token=$2 text=$3 now nonce id sig
  now=$(date +%s)
  nonce=$RANDOM$RANDOM
  id=$(date +%s%N)
  sig=$(printf '%s\n' "$token" "$now" "$nonce" | LC_ALL=C sort | tr -d '\n' | openssl dgst -sha1 -r | cut -c1-40)
  curl -fsS --max-time 6 -H 'Content-Type: text/xml' --data-binary @- \
    "$url?signature=$sig&timestamp=$now&nonce=$nonce&openid=oCiUserOfTheProbe" <<XML
<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oCiUserOfTheProbe]]></FromUserName><CreateTime>$now</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[$text]]></Content><MsgId>$id</MsgId></xml>
XML
}

# answers URL TOKEN TEXT WANT waits up to ten seconds until the bot answers
# TEXT with a reply whose Content is WANT.
answers() {
  local got deadline=$((SECONDS + 10))
  while true; do
    got=$(push "$1" "$2" "$3" 2>&1) || true
    [[ $got == *"<Content><![CDATA[$4]]></Content>"* ]] && return 0
    if ((SECONDS >= deadline)); then
      echo "push $3: want an answer with $4, got: $got" >&2
      return 1
    fi
    sleep 0.1
  done
}
