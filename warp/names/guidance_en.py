"""
English advice: what to do about an incident, in five sections for each class.

Lowest floor, beside the names; `warp.advice` chooses and sets the text. Keys are RSIT classes, and
`ransomware`, a tag that has its own text; inside, the sections of `warp.advice.Section`. No product names
and no country's law: readers are anywhere, and the texts go to people nobody knows.
"""

from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "first-hour": "First hour",
    "evidence": "Evidence to keep",
    "whom-to-tell": "Whom to tell",
    "law-enforcement": "Law enforcement",
    "recovery": "How to recover",
}
"""What stands above each section."""

GUIDANCE: Mapping[str, Mapping[str, str]] = {
    "abusive-content": {
        "first-hour": (
            "If anyone is in danger, call the police now. Cut public access to the material on your systems "
            "and stop the accounts that send it. Reset the passwords of abused mailboxes and end their "
            "sessions."
        ),
        "evidence": (
            "Note addresses, senders, full headers, times in UTC and who posted. If it may show sexual abuse "
            "of children, never copy or forward it: write down the address only and leave the rest to the "
            "police."
        ),
        "whom-to-tell": (
            "Tell the abuse contact of the platform or network it comes from, and your national CSIRT if "
            "there is a pattern. If it targets a person, tell that person and decide the next steps "
            "together."
        ),
        "law-enforcement": (
            "Threats, extortion and sexual material involving children go to the police at once. If it is on "
            "your system, ask them how to preserve it before you delete anything."
        ),
        "recovery": (
            "Remove mail rules and applications that nobody knows from abused accounts. Once the sending has "
            "stopped, ask blocklists to remove you. Check SPF, DKIM and DMARC."
        ),
    },
    "malicious-code": {
        "first-hour": (
            "Take infected machines off every network, but leave them switched on. Block the addresses, "
            "domains and hashes that you know, then search your logs for other machines that contacted them. "
            "Check that backups are offline."
        ),
        "evidence": (
            "Image memory first, then the disk. Keep a sample in an archive with a password, what brought it "
            "in, and DNS, proxy, firewall and mail logs. Write down who did what and when, in UTC."
        ),
        "whom-to-tell": (
            "Tell your management and your national CSIRT, and say which indicators may be shared. Keep "
            "samples of a targeted attack off public scanning sites: the attackers watch them, and anyone "
            "can download."
        ),
        "law-enforcement": (
            "Report it to the police unit for cybercrime if money or data were taken. If a control server "
            "stands in your network, isolate and image it, and ask them before you wipe it. Stay out of the "
            "attackers' own systems."
        ),
        "recovery": (
            "Reinstall from clean media; cleaning alone is not enough. Close the way in, and change from a "
            "clean machine every password used on the infected ones. Reconnect in steps and watch for the "
            "old indicators for a month."
        ),
    },
    "information-gathering": {
        "first-hour": (
            "Check what answered: close what need not be open, patch the rest. If someone gave away a "
            "password or code, reset it and end its sessions now. If traffic is being captured, isolate the "
            "device or account that does it."
        ),
        "evidence": (
            "Keep firewall, web, DNS and mail logs from before the first probe, with source, port and UTC "
            "time. Save messages with full headers, and note the number, time and words of each call. "
            "Photograph an unknown device before you move it."
        ),
        "whom-to-tell": (
            "Warn whoever may be asked next, help desk and reception first: say what the caller pretends to "
            "be. Send the sources to their network's abuse contact and the pattern to your national CSIRT."
        ),
        "law-enforcement": (
            "Scans alone rarely make a case. A planted device, a tapped line or a threat does: call the "
            "police unit for cybercrime, and touch the device as little as you can."
        ),
        "recovery": (
            "Change, over a safe connection, every secret that crossed a tapped network in the clear. Check "
            "DNS, routes and certificates for changes that nobody made. Watch the probed systems closely for "
            "some weeks."
        ),
    },
    "intrusion-attempts": {
        "first-hour": (
            "Find out whether one attempt succeeded: a login after many failures, new files or processes, "
            "odd outgoing traffic. If so, treat it as an intrusion. If not, patch or shield the target and "
            "slow down its logins."
        ),
        "evidence": (
            "Export target, firewall and login logs before they rotate. Keep whole requests or packets, not "
            "just alerts: detection rules are made from them. Note times in UTC."
        ),
        "whom-to-tell": (
            "Tell the owners of the systems attacked, and your national CSIRT with sources, times and a "
            "sample. If the flaw is unknown, tell the vendor in confidence and publish no details."
        ),
        "law-enforcement": (
            "Failed attempts seldom make a case. Report them to the police unit for cybercrime if threats "
            "came with them, if stolen credentials were used or if they aim at services that people depend "
            "on."
        ),
        "recovery": (
            "Update the target and everything like it. Require multi-factor authentication, and reset "
            "passwords that were tried and are in use. Write a detection rule for each technique that you "
            "saw."
        ),
    },
    "intrusions": {
        "first-hour": (
            "Speak by phone: the intruder may read your mail and chat. Isolate the affected systems without "
            "switching them off, disable the accounts used and end their sessions. After a break-in, touch "
            "nothing and call the police."
        ),
        "evidence": (
            "Image memory first, then disks; copy the logs of logins, VPN, mail and cloud to another place. "
            "Hash each copy and write down who holds it. Until then, do not clean, patch or restart."
        ),
        "whom-to-tell": (
            "Wake whoever can decide to take services offline. Tell your national CSIRT and connected "
            "partners by a channel that the intruder does not have. If personal data are in reach, tell your "
            "data protection officer: deadlines are running."
        ),
        "law-enforcement": (
            "Call the police unit for cybercrime before you rebuild, and ask what they need. Give them your "
            "log of actions and indicators, and keep the case number. Do not enter the attacker's systems."
        ),
        "recovery": (
            "Look for every way back: accounts, keys, tasks, web shells, mail rules. Rebuild from clean "
            "media, then change all privileged credentials in one go from a clean machine. Reconnect in "
            "steps and keep watching."
        ),
    },
    "availability": {
        "first-hour": (
            "Decide fast whether it is an attack or a failure: check the last change and compare the traffic "
            "with a normal day. If it is an attack, ask your provider to filter upstream. Protect first what "
            "people need most."
        ),
        "evidence": (
            "Keep a short traffic capture, flow records, load graphs and the list of recent changes. Save "
            "demands for money with full headers. Photograph damaged equipment and leave it as it is."
        ),
        "whom-to-tell": (
            "Tell users by a channel that does not depend on the service, and say when you will write again. "
            "Tell your provider and your national CSIRT, and your regulator if the service is essential."
        ),
        "law-enforcement": (
            "After sabotage, make people safe and keep the place untouched for the police. Report extortion "
            "to the police unit for cybercrime with the demand and a traffic sample. Do not pay: it invites "
            "the next demand."
        ),
        "recovery": (
            "Bring services back one at a time, and check data after each hard stop. Search your other "
            "systems: the attack may cover another one. Keep the filters and contacts that worked in your "
            "plan."
        ),
    },
    "information-content-security": {
        "first-hour": (
            "Close the way out: revoke the accounts, keys, links and shares that were used. If data were "
            "altered, stop all writing to them; if data were lost, stop using the disk. Then list which "
            "data, and whose."
        ),
        "evidence": (
            "Keep access, database and transfer logs, and the altered data beside a good copy. Note where "
            "leaked data appeared, with address, UTC time and a screenshot. Do not pass the data on."
        ),
        "whom-to-tell": (
            "Tell your legal and data protection officers now: your time to notify may already be running. "
            "Then tell your data protection authority, your national CSIRT and the people affected; say what "
            "they can do."
        ),
        "law-enforcement": (
            "Report theft or extortion to the police unit for cybercrime, with the attacker's messages and "
            "addresses. Do not buy the data back: copies remain."
        ),
        "recovery": (
            "Restore from a copy made before the first change, on separate systems, and compare. Replace "
            "every password, key and token that could be read. Ask hosts and search engines to remove "
            "copies, and watch for new ones."
        ),
    },
    "fraud": {
        "first-hour": (
            "Call your bank now to stop or recall the payment: hours decide. Reset credentials that were "
            "given away, end their sessions and remove unknown mail rules. Stop whatever strangers run on "
            "your systems."
        ),
        "evidence": (
            "Keep messages as files with full headers, not only as pictures. Note page addresses, account "
            "numbers, amounts and call times in UTC. Save the login and mail logs of each account involved."
        ),
        "whom-to-tell": (
            "Warn finance and your partners over a known number: new bank details count only once confirmed "
            "by voice. Ask the host and registrar to take false pages down, and tell your national CSIRT."
        ),
        "law-enforcement": (
            "File a report with the police unit for cybercrime the same day: banks often ask for its number "
            "before they freeze money. Give accounts, amounts and times, and say which country the money "
            "went to."
        ),
        "recovery": (
            "Confirm changed bank details by calling a known number, and let two people approve payments. "
            "Require multi-factor authentication that resists phishing. Set DMARC to reject, and limit "
            "spending on cloud accounts."
        ),
    },
    "vulnerable": {
        "first-hour": (
            "Find every system concerned and its owner. Take it off the internet, put it behind a VPN or "
            "apply the vendor's workaround; do not wait for the update. Assume that others found the hole "
            "first: look for signs of intrusion."
        ),
        "evidence": (
            "Save logs before you update, and a memory image if someone may have got in: updates erase "
            "traces. Note the version, since when it was exposed, and how you learnt of it."
        ),
        "whom-to-tell": (
            "Tell the owner in plain words what to close and by when. Report an unpublished flaw to the "
            "vendor or your national CSIRT, in confidence, and agree on a date. If personal data could be "
            "read, tell your data protection officer."
        ),
        "law-enforcement": (
            "A hole alone is no police matter. If somebody used it, keep the traces and call the police unit "
            "for cybercrime. Treat whoever reports it in good faith as an ally."
        ),
        "recovery": (
            "Update, then test from outside that the hole is closed. Replace the passwords, keys and "
            "certificates that it could expose. Keep a list of what you expose, with owners, and scan your "
            "own addresses regularly."
        ),
    },
    "other": {
        "first-hour": (
            "Write down what you know, what you assume and what you do not know. Stop what is spreading: "
            "isolate, do not switch off. Name one person who decides and one who keeps the log."
        ),
        "evidence": (
            "Save logs before they rotate, memory before disks, and whatever struck you first, however "
            "small. Note who saw it and when, in UTC. Change as little as you can until copies exist."
        ),
        "whom-to-tell": (
            "Tell your management and your national CSIRT early, even if you are not sure: a false alarm "
            "costs less than a late one. Use a channel that does not depend on the affected systems."
        ),
        "law-enforcement": (
            "If people are in danger, call the police now. If money, data or premises were touched, ask the "
            "police unit for cybercrime whether to open a case and what to preserve."
        ),
        "recovery": (
            "Find out how it began before you rebuild, or you rebuild the hole. Restore from clean copies, "
            "what people need most first. Then write down what happened and what would have shown it sooner."
        ),
    },
    "ransomware": {
        "first-hour": (
            "Take affected machines off every network, wireless too, and leave them on; switch off only what "
            "you cannot disconnect. Cut off backups and storage that are still intact. Disable the accounts "
            "that spread it."
        ),
        "evidence": (
            "Keep the ransom note, some encrypted files and the program. Image the memory of two or three "
            "machines: the key may be in it. Save login, VPN and firewall logs from the weeks before."
        ),
        "whom-to-tell": (
            "Tell your management and your national CSIRT now: they may know the group or a free decryptor. "
            "Assume that data were copied, and tell your data protection officer. Phone the partners "
            "connected to you."
        ),
        "law-enforcement": (
            "Call the police unit for cybercrime before anyone answers the criminals: they may hold keys. "
            "Nobody negotiates alone. Paying assures neither a key nor silence, and may be against the law."
        ),
        "recovery": (
            "Close the way in first. Rebuild the servers that manage accounts from clean media, change all "
            "passwords, then restore backups from before the intrusion, checked offline. Keep the encrypted "
            "disks: a key may turn up later."
        ),
    },
    "test": {
        "first-hour": "Do nothing: this was a test, and it was not counted.",
        "evidence": "There is none: nothing happened.",
        "whom-to-tell": "Tell whoever asked for the test that it arrived.",
        "law-enforcement": "Nobody to call: there was no incident.",
        "recovery": "There is nothing to repair. If it came late or damaged, tell whoever runs this service.",
    },
}
"""1 to 3 sentences and 300 characters a section at most; a whole class fits a sealed reply."""
