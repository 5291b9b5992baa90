#!/bin/bash
# The nginx story: people sign in to a real web server, which asks calm-hostd by auth_request. The server is set
# up with the commands of docs/hosts/nginx.md, on a machine of its own.
#
#   tests/hosts/nginx_story.sh            (ctest sets CALM_BIN and CALM_BUILD)
set -uo pipefail
# shellcheck source-path=SCRIPTDIR source=story.sh
source "$(dirname "$0")/story.sh"
# shellcheck source-path=SCRIPTDIR source=own_machine.sh
source "$(dirname "$0")/own_machine.sh"
needs_root_and "only root can run a web server at its port" nginx curl openssl ss
[ -e /etc/nginx/snippets ] || skip "nginx is not Debian's"
own_machine

product=intranet-2026

# A site as it was before CALM: people sign in, or show a certificate.
make_site() {
    local person
    mkdir -p "$work/www/devices" "$work/www/tablets" "$work/www/partners" /var/log/nginx /var/lib/nginx
    for person in "" devices/ tablets/ partners/; do echo welcome >"$work/www/${person}index.html"; done
    for person in "${people[@]}"; do
        echo "$person:$(openssl passwd -apr1 "story of $person")"
    done >/etc/nginx/people
    for person in server partner; do
        need openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
            -subj "/CN=$person" -keyout "$work/$person.key" -out "$work/$person.crt"
    done
    rm -f /etc/nginx/sites-enabled/*
    ln -s ../sites-available/default /etc/nginx/sites-enabled/default
    cat >/etc/nginx/sites-available/default <<-END
	log_format tablets '\$request_uri/\$remote_addr';
	server {
		listen 80;
		listen 443 ssl;
		ssl_certificate $work/server.crt;
		ssl_certificate_key $work/server.key;
		ssl_client_certificate $work/partner.crt;
		ssl_verify_client optional;
		root $work/www;
		access_log $work/tablets.log tablets;
		auth_basic "Story";
		auth_basic_user_file /etc/nginx/people;
		location / {
			index index.html;
		}
		location /devices/ {
			include snippets/calm-ask.conf;
			set \$calm_service kiosk;
		}
		location /tablets/ {
			include snippets/calm-ask.conf;
			set \$calm_service tablets;
		}
		location /partners/ {
			auth_basic off;
			include snippets/calm-ask.conf;
			set \$calm_user \$ssl_client_s_dn;
		}
		location /open/ {
			auth_basic off;
			include snippets/calm-ask.conf;
		}
	}
	END
}

is_open() { (: <"/dev/tcp/127.0.0.1/80") 2>/dev/null; }
restart_nginx() {
    stop nginx
    nginx -g 'daemon off;' >>"$work/nginx.log" 2>&1 &
    pids[nginx]=$!
    need until_true is_open
}
end_server() { stop nginx; }

# ARGUMENT...: of curl. What comes goes to login.err.
browse() { curl --silent --show-error --max-time 20 --include "$@" >"$work/login.err" 2>&1; }
# STATUS
got() {  head -n 1 "$work/login.err" | grep -F " $1" >/dev/null; }
reads() { grep -F "$1" "$work/login.err" >/dev/null; }
# STATUS ARGUMENT...
answers() { browse "${@:2}" && got "$1"; }

# PERSON [PASSWORD]
login() { answers 200 --user "$1:${2:-story of $1}" http://127.0.0.1/index.html && reads welcome; }
was_told() { got 403 && reads "$1"; }

# BROWSER PERSON: a browser is what keeps cookies.
visits() {
    answers "${3:-200}" --cookie "$work/$1" --cookie-jar "$work/$1" --user "$2:story of $2" http://127.0.0.1/devices/index.html
}
refused_visit() { visits "$1" "$2" 403 && reads "$in_use"; }
has_cookie() { grep -P 'calm_device\tv1\.' "$work/$1" >/dev/null; }
# BROWSER: one letter of its number is another.
alter_cookie() { sed -i -E 's/(calm_device\tv1\.)A/\1B/; t; s/(calm_device\tv1\.)./\1A/' "$work/$1"; }

chapter_pages() {
    echo "# What nginx says"
    answers 403 --user "${people[2]}:story of ${people[2]}" --header 'Accept-Language: fr' http://127.0.0.1/
    fact 'who is refused reads it in French' reads 'Toutes les licences de ce serveur sont utilisées.'
    fact 'the reason is in a header' reads 'CALM-Reason: no_cal_available'
    fact 'a form is sent as well' answers 405 --user "${people[0]}:story of ${people[0]}" --data a=1 http://127.0.0.1/index.html
    fact 'a name that the client gives itself is not believed' answers 403 \
        --user "${people[2]}:story of ${people[2]}" --header "CALM-User: ${people[0]}" http://127.0.0.1/
    fact 'nobody is admitted without a name' answers 503 http://127.0.0.1/open/
    fact 'nginx keeps its connection to the agent' \
        [ "$(ss -xH state established | grep -c /run/calm/web.sock)" -ge 1 ]
}

chapter_agent() {
    echo "# What the agent says to nginx"
    browse --unix-socket /run/calm/web.sock --header "CALM-User: ${people[0]}" http://agent/
    fact 'who is admitted is so without a body' got 204
    fact 'with the number of the CAL' reads "CALM-CAL: $(cal_of "${people[0]}")"
    fact 'not every account may ask' answers_nobody
}
answers_nobody() {
    ! runuser -u nobody -- curl --silent --unix-socket /run/calm/web.sock --header "CALM-User: ${people[0]}" \
        http://agent/ >"$work/login.err" 2>&1 && agent_wrote 'may not ask'
}

chapter_browsers() {
    echo "# Devices are charged"
    answers 200 --insecure --user "${people[0]}:story of ${people[0]}" https://127.0.0.1/devices/index.html
    fact 'over TLS the cookie is for TLS alone' reads 'SameSite=Lax; Secure'
    need "$bin/calm" cal release "$(cals_of intranet-device-1)" --yes
    fact 'the first browser is given a CAL' visits one "${people[0]}"
    fact 'and a cookie' has_cookie one
    fact 'it is known again' visits one "${people[1]}"
    fact 'one CAL is out' equals "$(cals_active intranet-device-1)" 1
    fact 'another browser finds none' refused_visit two "${people[0]}"
    cp "$work/one" "$work/altered"
    alter_cookie altered
    cp "$work/altered" "$work/altered.before"
    fact 'an altered cookie is none' refused_visit altered "${people[0]}"
    fact 'and its browser is given another' not cmp -s "$work/altered.before" "$work/altered"
    fact 'one CAL is out still' equals "$(cals_active intranet-device-1)" 1
}

chapter_tablets() {
    echo "# 15 tablets, each with four addresses in turn"
    fact 'all get in from all of them' tablets_come_by
    fact 'nginx saw 60 addresses' equals "$(grep -o 'tablets/index.html/127\.0\.[1-4]\.[0-9]*' "$work/tablets.log" | sort -u | wc -l)" 60
    fact 'and 15 CALs are out' equals "$(cals_active intranet-tablet-1)" 15
    fact 'one more tablet is one more CAL' comes_from 127.0.5.1 another
    fact 'so it is' equals "$(cals_active intranet-tablet-1)" 16
}
# ADDRESS TABLET
comes_from() {
    answers 200 --interface "$1" --cookie "$work/tablet-$2" --cookie-jar "$work/tablet-$2" \
        --user "${people[0]}:story of ${people[0]}" http://127.0.0.1/tablets/index.html
}
# As a DHCP server deals them out: 60 leases, no two of the same address.
tablets_come_by() {
    local lease tablet address
    for lease in 1 2 3 4; do
        for tablet in {1..15}; do
            address=127.0.$lease.$((1 + (tablet * 7 + lease) % 15))
            comes_from "$address" "$tablet" || return
        done
    done
}

chapter_certificates() {
    echo "# A client's certificate says who it is"
    need "$bin/calm" cal release "$(cal_of "${people[2]}")" --yes
    fact 'the partner is given a CAL' answers 200 --insecure --cert "$work/partner.crt" --key "$work/partner.key" \
        https://127.0.0.1/partners/index.html
    fact 'under the subject of the certificate' not equals "$(cal_of CN=partner)" null
    fact 'without one nobody is' answers 503 --insecure https://127.0.0.1/partners/index.html
}

echo "# calmd, calm-hostd, nginx and three people"
make_site
set_up_server
sell $product 2 per_user "${strict[@]}"
sell intranet-device-1 1 per_device "${strict[@]}"
sell intranet-tablet-1 60 per_device "${strict[@]}"
enrol --service kiosk=intranet-device-1 --service tablets=intranet-tablet-1
sed -i '/^\[service.\(kiosk\|tablets\)\]/a mode = "device"' "$host_toml"
follow_page docs/hosts/nginx.md
chapter_three_people_two_cals $product
chapter_pages
chapter_agent
chapter_outage $product
chapter_no_agent
chapter_browsers
chapter_tablets
chapter_certificates
finish
