"""Entries and visits are told apart, and each visit is laid at the right door."""

from __future__ import annotations

import pytest

from spikekit.errors import UsageError
from spikekit.traffic.attribution import Attribution
from spikekit.traffic.second import Counts
from spikekit.traffic.source import CRAWLERS, MOST_SITES
from tests.traffic.lines import DESK, LINK, PHONE, SITE, campaign, counted, entries, line, tally

FRY = campaign(utm=(("source", "x"), ("medium", "social"), ("campaign", "fry-reads")))


def test_a_declared_utm_campaign_names_the_campaign_whatever_the_referrer_says() -> None:
    lines = [line(LINK, referrer=r, address=f"a{i}") for i, r in enumerate(("https://www.google.com/", "-", "junk"))]
    assert entries(lines, FRY) == {"fry-reads": 3}


def test_capitals_and_percent_signs_in_a_link_make_no_other_campaign() -> None:
    assert entries([line("/books?utm_campaign=Fry%2DReads&utm_source=X")], FRY) == {"fry-reads": 1}


def test_a_mail_of_the_same_campaign_with_another_source_is_the_campaign_s_too() -> None:
    assert entries([line("/books?utm_source=newsletter&utm_campaign=fry-reads")], FRY) == {"fry-reads": 1}


def test_without_a_declared_utm_campaign_all_that_is_declared_must_agree() -> None:
    mail = campaign("spring", utm=(("source", "crm"), ("medium", "email")))
    both, one = "/?utm_source=crm&utm_medium=email", "/?utm_source=crm&utm_medium=sms"
    assert entries([line(both), line(one, address="b")], mail) == {"spring": 1, "other": 1}


def test_a_campaign_without_any_utm_is_known_by_its_id() -> None:
    assert entries([line("/?utm_campaign=plain")], campaign("plain", utm=())) == {"plain": 1}


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://t.co/Qx1", "x"),
        ("https://l.facebook.com/", "facebook"),
        ("https://lm.facebook.com/l.php?u=1", "facebook"),
        ("https://lnkd.in/abc", "linkedin"),
        ("https://out.reddit.com/t3_1", "reddit"),
        ("android-app://com.google.android.gm/", "mail"),
        ("android-app://com.twitter.android/", "x"),
        ("https://www.google.co.uk/", "search"),
        ("https://www.google.com.au/url?q=1", "search"),
        ("https://duckduckgo.com/", "search"),
        ("https://mail.google.com/", "mail"),
        ("https://news.google.com/", "news"),
        ("https://news.ycombinator.com/item?id=1", "hacker_news"),
        ("HTTPS://T.CO/X", "x"),
        ("http://user@www.reddit.com:8080/r/books", "reddit"),
        ("//t.co/x", "x"),
        ("https://google.evil.example/", "other"),
        ("https://t.co.evil.example/", "other"),
        ("https://[::1]/", "other"),
        ("-", "direct"),
        ("", "direct"),
        ("not a url", "direct"),
    ],
)
def test_a_referrer_belongs_to_the_network_that_owns_its_host(referrer: str, source: str) -> None:
    assert entries([line(referrer=referrer)]) == {source: 1}


@pytest.mark.parametrize(
    ("target", "referrer", "source"),
    [
        ("/b?fbclid=IwAR123456", "-", "facebook"),
        ("/b?fbclid=IwAR123456", "https://l.instagram.com/", "instagram"),
        ("/b?gclid=EAIaIQob", "https://www.google.com/", "search_ads"),
        ("/b?gclid=EAIaIQob", "-", "search_ads"),
        ("/b?a=1&twclid=2abcdefg", "-", "x"),
        ("/b?msclkid=0123456789abcdef", "https://www.bing.com/", "search_ads"),
        ("/b?ttclid=E.C.P.xyz", "-", "tiktok"),
        ("/b?utm_source=facebook&utm_medium=paid", "-", "facebook"),
        ("/b?utm_source=google&utm_medium=cpc", "-", "search_ads"),
        ("/b?utm_source=brevo&utm_medium=email", "-", "mail"),
        ("/b?utm_source=somebody&utm_campaign=unknown", "-", "other"),
        ("/b?utm_campaign=unknown", "https://t.co/x", "x"),
    ],
)
def test_a_network_s_mark_tells_what_the_referrer_does_not(target: str, referrer: str, source: str) -> None:
    assert entries([line(target, referrer=referrer)], FRY) == {source: 1}


def test_an_app_that_sends_no_referrer_is_known_by_its_user_agent() -> None:
    assert entries([line(agent=f"{PHONE} Twitter for iPhone/10.80")]) == {"x": 1}


def test_a_visit_keeps_the_source_of_its_entry() -> None:
    visit = [
        line(LINK, referrer="https://t.co/Qx1"),
        line("/static/shop.css", referrer=f"{SITE}{LINK}"),
        line("/books/42", at=20, referrer=f"{SITE}/books"),
        line("/basket", at=40, referrer=f"{SITE}/books/42", method="POST"),
        line("/api/order", at=50, referrer=f"{SITE}/basket", method="POST", status=500),
    ]
    found = counted(visit, FRY)
    assert (found["fry-reads"].requests, found["fry-reads"].entries, found["fry-reads"].failures) == (5, 1, 1)


def test_half_an_hour_of_silence_ends_a_visit_and_a_second_less_does_not() -> None:
    assert entries([line(), line("/b", at=1800)]) == {"direct": 1}
    assert entries([line(), line("/b", at=1801)]) == {"direct": 2}


def test_one_address_with_two_browsers_is_two_visits() -> None:
    assert entries([line(agent=PHONE), line(agent=DESK)]) == {"direct": 2}


def test_a_new_click_from_outside_begins_a_new_visit() -> None:
    lines = [line(referrer="https://www.google.com/"), line(LINK, at=60, referrer="https://t.co/x"), line("/b", at=90)]
    found = counted(lines, FRY)
    assert (found["search"].entries, found["fry-reads"].entries, found["fry-reads"].requests) == (1, 1, 2)


def test_a_reload_of_a_marked_click_is_no_second_visit() -> None:
    click = f"{LINK}&fbclid=IwAR0123456789"
    assert entries([line(click), line(click, at=5), line(f"{LINK}&fbclid=IwAR9876543210", at=9)], FRY) == {
        "fry-reads": 2
    }


def test_visits_that_began_before_the_log_are_of_unknown_source_and_no_entries() -> None:
    found = counted([line("/books/42", referrer=f"{SITE}/books"), line("/static/a.css", referrer=f"{SITE}/books/42")])
    assert found["unknown"].requests == 2
    assert found["unknown"].entries == 0


def test_whoever_comes_back_from_paying_goes_on_with_the_visit() -> None:
    lines = [line(LINK), line("/thanks", at=90, referrer="https://www.paypal.com/checkout")]
    found = counted(lines, FRY)
    assert (found["fry-reads"].requests, found["fry-reads"].entries) == (2, 1)


def test_a_redirected_landing_is_one_entry_even_when_the_redirect_drops_the_link_s_marks() -> None:
    lines = [
        line(LINK, status=301, referrer="https://t.co/x"),
        line("/en/books", referrer="https://t.co/x"),
        line("/en/books/7", at=9, referrer=f"{SITE}/en/books"),
    ]
    found = counted(lines, FRY)
    assert found == {"fry-reads": Counts(requests=3, entries=1)}


@pytest.mark.parametrize("path", ["/a.css", "/app.js", "/x.PNG", "/favicon.ico", "/robots.txt", "/api/x", "/feed.xml"])
def test_what_pages_load_begins_no_visit(path: str) -> None:
    assert entries([line(path, referrer="https://t.co/x")]) == {}


def test_probes_that_find_nothing_are_no_entries_but_a_broken_link_of_a_campaign_is_one() -> None:
    lines = [line("/wp-login.php", status=404), line("/missing?utm_campaign=fry-reads", status=404, address="b")]
    assert entries(lines, FRY) == {"fry-reads": 1}
    assert counted(lines, FRY)["fry-reads"].refused == 1


@pytest.mark.parametrize(
    ("agent", "source"),
    [
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "link_previews"),
        ("Mozilla/5.0 (compatible; link preview)", "link_previews"),
        ("Twitterbot/1.0", "link_previews"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "link_previews"),
        ("WhatsApp/2.23.20.0", "link_previews"),
        ("Mozilla/5.0 (Windows NT 10.0) Proofpoint URL Defense", "mail_scanners"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawlers"),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
            "crawlers",
        ),
        ("curl/8.5.0", "bots"),
        ("python-requests/2.32", "bots"),
        ("-", "bots"),
        ("", "bots"),
    ],
)
def test_machines_are_counted_apart_and_begin_no_visits(agent: str, source: str) -> None:
    found = counted([line(LINK, agent=agent, referrer="https://t.co/x")], FRY)
    assert {name: counts for name, counts in found.items() if counts.requests} == {source: Counts(1)}
    # Crawlers come whenever they like: theirs is no answer to a campaign.
    assert found.get(FRY.id, Counts()) == Counts(machine_clicks=source != CRAWLERS)


@pytest.mark.parametrize("agent", [PHONE, DESK, "Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/120.0 Mobile"])
def test_people_s_browsers_are_no_machines(agent: str) -> None:
    assert entries([line(agent=agent)]) == {"direct": 1}


def test_a_campaign_that_is_called_like_a_source_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="search"):
        Attribution([campaign("search")])


def test_a_site_that_brings_visitors_gets_a_name_and_the_commonest_whole_referrer_is_kept() -> None:
    counting = tally()
    post = "https://blog.example.org/2026/great-books?from=feed"
    lines = [line(referrer=post, address=f"a{i}", at=i) for i in range(100)]
    lines += [line(referrer="https://t.co/Qx1", address=f"b{i}", at=200) for i in range(30)]
    counting.feed("".join(lines).encode())
    found = {name for second in counting.take() for name in second.sources}
    assert found == {"other", "blog.example.org", "x"}
    assert counting.attribution.referrers_of("blog.example.org")[0][0] == post
    assert counting.attribution.referrers_of("x") == [("https://t.co/Qx1", 30.0)]


def test_hostile_visitors_cannot_add_names_at_will() -> None:
    counting = tally(FRY)
    before = len(counting.attribution.sources.names)
    for wave in range(30):
        lines = [
            line(
                f"/p{wave}-{i}?utm_source=s{i}&utm_campaign=c{i}",
                referrer=f"https://h{i % 700}.example/{wave}",
                agent=f"{DESK} {wave}-{i}",
                address=f"{wave}.{i}",
            )
            for i in range(1_000)
        ]
        counting.feed("".join(lines).encode())
    names = {name for second in counting.take() for name in second.sources}
    assert len(counting.attribution.sources.names) <= before + MOST_SITES
    assert len(names) <= MOST_SITES + 2
    assert len(counting.attribution.referrers) + len(counting.attribution.agents) < 50_000


def test_the_site_s_own_host_is_learned_from_its_style_sheets() -> None:
    counting = tally(own=())
    lines = [line(referrer="https://t.co/x"), line("/a.css", referrer="https://shop.test/books")]
    lines += [line("/b", at=9, referrer="https://shop.test/books")]
    counting.feed("".join(lines).encode())
    (x,) = {second.sources["x"].entries for second in counting.take() if second.at % 60 == 0}
    assert x == 1
    assert counting.attribution.knows_own_hosts
