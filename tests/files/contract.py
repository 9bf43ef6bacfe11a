"""The two example files that the documents promise, word for word, in a folder with every file they name."""

from __future__ import annotations

from pathlib import Path

CAMPAIGN = """\
version: 1
name: Fry tweets our reading app
id: fry-reads                      # default: the file's stem; [a-z0-9-]
owner: marketing@example.com
status: confirmed                  # draft | confirmed | cancelled
launch: 2026-12-04T18:00           # local in `timezone`; an offset or Z also serves; neither is an error
timezone: Europe/London            # IANA
landing: /books
journey: browse                    # or a mix {browse: 80%, buy: 20%}
channels:
  - kind: celebrity_post           # celebrity_post | brand_post | email | push | sms | tv_spot | tv_feature |
    audience: 6.2M                 #   paid_social | search_ads | story_link | influencer_video | press | …
    account: "@StephenFry"
    within: 2h                     # may come this much before or after
  - kind: email
    audience: {low: 200k, likely: 250k, high: 260k}
    at: 30m                        # after launch, or a local time
    send_over: 20m
    click_rate: {low: 1%, likely: 2.6%, high: 6%}    # overrides the prior; or clicks: {…} instead of audience × rate
    landing: /books/offer          # a channel may override landing and journey
  - {kind: paid_social, audience: 2M, deliver_over: 3d}
  - {kind: past, curve: bf-2025.csv, scale: {low: 1.0, likely: 1.2, high: 1.6}}   # time,visitors from last time
  - {kind: drop, audience: 40k, arrive_before: 10m, reload_every: 20s}            # a crowd waiting for the minute
overlap: 20%                       # of audience reached by more than one channel; default 0
utm: {source: x, medium: social, campaign: fry-reads}
value: {conversion_rate: 2.5%, per_conversion: 18 GBP}
contacts: {marketing: jo@example.com, on_call: "+44 …", stop_send: "pause flow 12 in the mail tool"}
approvals: []                      # {by, role: marketing|it, at, note, content: sha256 of what was approved}
notes: free text
"""

SITE = """\
version: 1
site: bookshop
production:
  url: https://www.example.com     # known, never a target
  busiest_minute: 95               # requests/s that held in real life: a lower bound of capacity
targets:
  staging:
    url: https://staging.example.com
    capacity_ratio: {low: 0.2, likely: 0.25, high: 0.3}   # staging's share of production; required for readiness
    limits: {requests_per_second: 5000, duration: 15m}
    consent: file                  # file | private
    addresses: [203.0.113.0/24]    # optional: where it may resolve to
    windows: ["Mon-Thu 01:00-05:00 Europe/London"]        # optional: when load is allowed
    side_effects: accepted         # without it, steps other than GET and HEAD are refused
    headers: {X-Load-Test: spikekit, Authorization: "env:STAGING_TOKEN"}
    tls: {verify: true, ca_file: staging-ca.pem}
normal_traffic: {requests_per_second: {typical: 40, busy: 95}}   # or {curve: week.csv}
objectives:                        # judged per step on its main document, per 10-second window, and over the run
  latency: {p95: 800ms, p99: 2s}
  errors: 1%
  visitors: 98%                    # share of visitors whose every step succeeded in time; assets are reported apart
  headroom: 1.3
clearance: {survival: 95%}         # campaigns that hold by this from known capacity need no rehearsal
journeys:
  browse:
    steps:
      - {get: "{landing}", expect: {status: 200, text: "Add to basket"}, assets: auto}
      - {get: "/books/{id}", data: books.csv, think: 8s, continue: 60%, capture: {csrf: 'name="csrf" value="([^"]+)"'}}
      - {post: /basket, form: {id: "{id}", csrf: "{csrf}"}, think: 5s, continue: 30%}
      - {post: /api/order, json: {basket: "{id}"}, host: staging-api}     # host: another listed target
  checkout: {locust: journeys/checkout.py:CheckoutUser}                   # any Locust User class is a journey
referrers: referrers.yaml
"""


def write_project(folder: Path, *, campaign: str = CAMPAIGN, site: str | None = SITE) -> Path:
    """The folder with both examples (``fry-reads.yaml``, ``site.yaml``) and what they name; returns the campaign."""
    (folder / "journeys").mkdir(parents=True, exist_ok=True)
    files = {
        "bf-2025.csv": "time,visitors\n2025-11-28T00:00,120\n2025-11-28T01:00,340\n2025-11-28T02:00,90\n",
        "books.csv": "id,title\n1,The Salt Ferry\n2,The Glass Atlas\n",
        "staging-ca.pem": "-----BEGIN CERTIFICATE-----\n",
        "referrers.yaml": "x: [t.co]\n",
        "journeys/checkout.py": "class CheckoutUser: ...\n",
        "fry-reads.yaml": campaign,
    }
    if site is not None:
        files["site.yaml"] = site
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "fry-reads.yaml"
