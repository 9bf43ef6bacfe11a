"""Which hosts belong to which source: an own table of places that bring crowds. A host stands for its subdomains, too.

``android-app://`` referrers name an app's package, which is listed like a host.
"""

from __future__ import annotations

from spikekit.traffic import source

THROUGH = "through"
"""Places that visitors pass on their way (payment, sign-in) and come back from: the visit goes on."""

SEARCH_ENGINES = frozenset(
    {"google", "bing", "duckduckgo", "ecosia", "qwant", "startpage", "yandex", "baidu", "naver", "daum", "seznam"}
)
"""Engines with a domain in many countries: ``google.co.uk`` is one whatever follows the name."""

_HOSTS = {
    "x": "t.co twitter.com x.com com.twitter.android tweetdeck.com",
    "facebook": "facebook.com fb.com fb.me m.me messenger.com com.facebook.katana com.facebook.orca",
    "instagram": "instagram.com com.instagram.android ig.me",
    "threads": "threads.net threads.com com.instagram.barcelona",
    "tiktok": "tiktok.com com.zhiliaoapp.musically com.ss.android.ugc.trill",
    "youtube": "youtube.com youtu.be com.google.android.youtube",
    "linkedin": "linkedin.com lnkd.in com.linkedin.android",
    "reddit": "reddit.com redd.it com.reddit.frontpage",
    "pinterest": "pinterest.com pin.it com.pinterest",
    "snapchat": "snapchat.com com.snapchat.android",
    "whatsapp": "whatsapp.com wa.me com.whatsapp",
    "telegram": "t.me telegram.org telegram.me org.telegram.messenger org.telegram.plus",
    "discord": "discord.com discordapp.com discord.gg com.discord",
    "slack": "slack.com slack-redir.net com.slack",
    "teams": "teams.microsoft.com statics.teams.cdn.office.net",
    "bluesky": "bsky.app go.bsky.app xyz.blueskyweb.app",
    "mastodon": "mastodon.social mastodon.online mstdn.social fosstodon.org hachyderm.io",
    "tumblr": "tumblr.com",
    "vk": "vk.com vk.ru away.vk.com com.vkontakte.android",
    "weibo": "weibo.com weibo.cn t.cn",
    "wechat": "weixin.qq.com com.tencent.mm",
    "line": "line.me jp.naver.line.android",
    "quora": "quora.com",
    "twitch": "twitch.tv tv.twitch.android.app",
    "vimeo": "vimeo.com",
    "medium": "medium.com",
    "substack": "substack.com",
    "github": "github.com",
    "stack_overflow": "stackoverflow.com stackexchange.com",
    "hacker_news": "news.ycombinator.com hckrnews.com hn.algolia.com",
    "lobsters": "lobste.rs",
    "product_hunt": "producthunt.com",
    "slashdot": "slashdot.org",
    "wikipedia": "wikipedia.org",
    "news": "news.google.com flipboard.com smartnews.com upday.com apple.news getpocket.com feedly.com inoreader.com "
    "newsbreak.com msn.com news.yahoo.com drudgereport.com memeorandum.com techmeme.com "
    "com.google.android.apps.magazines flipboard.app ground.news",
    "assistants": "chatgpt.com chat.openai.com perplexity.ai claude.ai gemini.google.com copilot.microsoft.com "
    "com.openai.chatgpt",
    source.SEARCH: "com.google.android.googlequicksearchbox search.yahoo.com yahoo.co.jp search.brave.com "
    "duckduckgo.com startpage.com search.marginalia.nu metager.org metager.de swisscows.com mojeek.com",
    source.SEARCH_ADS: "googleadservices.com googlesyndication.com doubleclick.net bat.bing.com",
    source.MAIL: "mail.google.com com.google.android.gm outlook.live.com outlook.office.com outlook.office365.com "
    "outlook.com mail.yahoo.com mail.aol.com mail.proton.me mail.yandex.ru mail.ru e.mail.ru navigator.gmx.net gmx.net "
    "gmx.de web.de fastmail.com mail.zoho.com icloud.com hotmail.com orange.fr mail.tutanota.com "
    "list-manage.com campaign-archive.com sendgrid.net mailchi.mp com.microsoft.office.outlook",
    THROUGH: "paypal.com checkout.stripe.com hooks.stripe.com klarna.com adyen.com pay.google.com accounts.google.com "
    "appleid.apple.com login.microsoftonline.com login.live.com auth0.com okta.com amazoncognito.com mollie.com "
    "worldpay.com sagepay.com 3dsecure.io arcot.com",
}

HOSTS = {host: name for name, hosts in _HOSTS.items() for host in hosts.split()}

SAID = {
    "twitter": "x",
    "fb": "facebook",
    "meta": "facebook",
    "ig": "instagram",
    "insta": "instagram",
    "yt": "youtube",
    "hackernews": "hacker_news",
    "hn": "hacker_news",
    "newsletter": source.MAIL,
    "email": source.MAIL,
    "e-mail": source.MAIL,
    "mailchimp": source.MAIL,
    "hubspot": source.MAIL,
    "klaviyo": source.MAIL,
    "sendgrid": source.MAIL,
    "google": source.SEARCH,
    "bing": source.SEARCH,
    "adwords": source.SEARCH_ADS,
    "googleads": source.SEARCH_ADS,
    "chatgpt": "assistants",
}
"""What links say in ``utm_source``, where it is neither a source's own name nor one of its hosts."""

PAID = frozenset(("cpc", "ppc", "paid", "paidsearch", "paid_search", "paid-search", "sem"))
"""``utm_medium`` of ads: from a search engine these are ``search_ads``."""

CLICK_IDS = {
    "fbclid": "facebook",
    "igshid": "instagram",
    "igsh": "instagram",
    "twclid": "x",
    "ttclid": "tiktok",
    "li_fat_id": "linkedin",
    "epik": "pinterest",
    "rdt_cid": "reddit",
    "sccid": "snapchat",
    "gclid": source.SEARCH_ADS,
    "gbraid": source.SEARCH_ADS,
    "wbraid": source.SEARCH_ADS,
    "msclkid": source.SEARCH_ADS,
    "yclid": source.SEARCH_ADS,
    "dclid": source.SEARCH_ADS,
    "mc_eid": source.MAIL,
    "_hsenc": source.MAIL,
    "mkt_tok": source.MAIL,
    "srsltid": source.SEARCH,
}
"""Parameters by which networks mark a click, and what each says when nothing says more."""
