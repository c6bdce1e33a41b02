"""
English words of a machine's draft: what a warning is about, what to watch for, and what to do first.

Lowest floor, beside the names; `warp.drafting` puts the sentences together. Keys are RSIT types (class/type)
and classes; empty is all types. In the last two tables a type takes its class's words, and a class those of
all types, unless it stands there itself. No numbers of reports and no places.
"""

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "": "security incidents",
    "abusive-content": "abusive content",
    "abusive-content/spam": "spam",
    "abusive-content/harmful-speech": "harmful speech",
    "abusive-content/violence": "sexual exploitation or violent content",
    "malicious-code": "malicious code",
    "malicious-code/infected-system": "infected systems",
    "malicious-code/c2-server": "command and control (C2) servers",
    "malicious-code/malware-distribution": "malware distribution",
    "malicious-code/malware-configuration": "malware configurations",
    "information-gathering": "information gathering",
    "information-gathering/scanner": "network scanning",
    "information-gathering/sniffing": "intercepted traffic",
    "information-gathering/social-engineering": "social engineering",
    "intrusion-attempts": "intrusion attempts",
    "intrusion-attempts/ids-alert": "attempts to exploit known vulnerabilities",
    "intrusion-attempts/brute-force": "repeated login attempts",
    "intrusion-attempts/exploit": "attacks with unknown exploits",
    "intrusions": "intrusions",
    "intrusions/privileged-account-compromise": "compromised privileged accounts",
    "intrusions/unprivileged-account-compromise": "compromised user accounts",
    "intrusions/application-compromise": "compromised applications",
    "intrusions/system-compromise": "compromised systems",
    "intrusions/burglary": "physical break-ins",
    "availability": "availability problems",
    "availability/dos": "denial-of-service attacks",
    "availability/ddos": "distributed denial-of-service (DDoS) attacks",
    "availability/misconfiguration": "service failures caused by misconfiguration",
    "availability/sabotage": "sabotage",
    "availability/outage": "outages",
    "information-content-security": "compromised information",
    "information-content-security/unauthorised-information-access": "unauthorised access to information",
    "information-content-security/unauthorised-information-modification": (
        "unauthorised changes to information"
    ),
    "information-content-security/data-loss": "data loss",
    "information-content-security/data-leak": "leaks of confidential information",
    "fraud": "fraud",
    "fraud/unauthorised-use-of-resources": "unauthorised use of resources",
    "fraud/copyright": "copyright infringement",
    "fraud/masquerade": "impersonation",
    "fraud/phishing": "phishing",
    "vulnerable": "vulnerabilities",
    "vulnerable/weak-crypto": "services with weak cryptography",
    "vulnerable/ddos-amplifier": "services that can amplify DDoS attacks",
    "vulnerable/potentially-unwanted-accessible": "services exposed to the internet",
    "vulnerable/information-disclosure": "services that disclose information",
    "vulnerable/vulnerable-system": "vulnerable systems",
    "other": "other incidents",
    "other/other": "incidents of no listed type",
    "other/undetermined": "incidents of undetermined type",
    "test": "tests",
    "test/test": "test incidents",
}
"""What follows "reports of"; every type and class has one."""

SENTENCES: Mapping[str, str] = {
    "rise-title": "Unusual rise in reports of {subject}",
    "threshold-title": "Attention: reports of {subject}",
    "week": "In the week that began on {monday} ({last})",
    "weeks": "In the weeks from {first} (which began on {monday}) to {last}",
    "rise": "{when}, incident response teams reported more {subject} than usual.",
    "threshold": (
        "{when}, reports of {subject} from incident response teams reached the level at which this service "
        "alerts."
    ),
    "place": "Place: {place}.",
    "watch": "Watch for {what}.",
    "withheld": "The teams report anonymously, and exact numbers are withheld to protect them.",
}
"""The draft's own sentences; braces stand for what is filled in."""

WATCH: Mapping[str, str] = {
    "": "alerts, failures and requests that are out of the ordinary",
    "abusive-content": "messages and pages that abuse your services, your name or your people",
    "abusive-content/spam": "a sudden rise in unwanted mail, and mailboxes or servers of yours that send it",
    "abusive-content/violence": "complaints about such material on the sites and networks that you run",
    "malicious-code": (
        "unexpected attachments and downloads, security software that stops, files that no longer open, and "
        "connections to unknown addresses"
    ),
    "malicious-code/c2-server": "regular outgoing connections to unknown addresses, and unknown processes",
    "malicious-code/malware-distribution": "unfamiliar download addresses, and strange files on your sites",
    "information-gathering": "probes of your systems, and strangers who ask about your people or suppliers",
    "information-gathering/scanner": "probes of many ports or hosts from the same sources",
    "information-gathering/sniffing": "certificate warnings, changed DNS or routes, and unknown devices",
    "information-gathering/social-engineering": "calls and messages that press for money or a password",
    "intrusion-attempts": "exploit attempts in the logs of exposed systems, and any that succeeded",
    "intrusion-attempts/brute-force": "many failed logins, and a success after many failures",
    "intrusions": (
        "logins at unusual times or from unusual places, new accounts or tasks, changed settings, and gaps "
        "in the logs"
    ),
    "intrusions/burglary": "forced doors, missing equipment, and devices that nobody remembers installing",
    "availability": "slow or failing services, and changes that came before a failure",
    "availability/dos": "slow services, exhausted servers, and requests made to exhaust them",
    "availability/ddos": "sudden traffic from many sources, saturated lines, and demands for money",
    "availability/sabotage": "cut lines, damaged equipment and deliberate changes to critical systems",
    "information-content-security": (
        "unusual access to files and databases, large outgoing transfers, and your data offered elsewhere"
    ),
    "information-content-security/unauthorised-information-modification": (
        "pages, records or payment details that changed without a known reason"
    ),
    "information-content-security/data-loss": "failing disks, missing files, lost devices and failed backups",
    "fraud": "requests for payment, credentials or changed bank details that came unasked",
    "fraud/unauthorised-use-of-resources": "unexplained load, charges or traffic, and unknown accounts",
    "fraud/copyright": "takedown notices, and unlicensed material on systems that you run",
    "fraud/masquerade": "new domains, sites, profiles and messages that use your name or a partner's",
    "fraud/phishing": "messages that ask people to log in, pay or confirm data, and sites that copy yours",
    "vulnerable": "systems of yours that face the internet and lack updates or safe settings",
    "vulnerable/ddos-amplifier": "open DNS, NTP, SNMP, SSDP or memcached services, and odd outgoing traffic",
    "test": "this test, to see whether it reaches your tools",
}
"""What completes the sentence `watch`."""

_TELL = "Tell your national CSIRT what you see, with indicators and times."
_KEEP = "Save logs and other evidence now, before they rotate away; note times in UTC."

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "": (
        "Tell your staff on duty about this warning, and make sure that they know whom to call.",
        "Check that logs of systems that face the internet, of mail and of logins are kept and looked at.",
        "Install pending security updates, those for systems that face the internet first.",
        "Check that a recent backup exists offline and that it can be restored.",
        _TELL,
    ),
    "abusive-content": (
        "If someone is in danger, call the police first.",
        "Write down the address, sender and time of the material; do not pass the material itself on.",
        "Ask the platform's or provider's abuse contact to remove it.",
        "Block its senders and addresses in your own filters.",
        "Tell staff and users where to report such material.",
    ),
    "abusive-content/spam": (
        "Look for mailboxes or servers of your own that send the spam, and stop them.",
        "Reset the passwords of mailboxes that were abused, and end their sessions.",
        "Block the senders, links and attachments in your mail filter.",
        "Report it, with full headers, to the abuse contact of the sending network.",
        "Check that SPF, DKIM and DMARC are set for your domains.",
    ),
    "abusive-content/violence": (
        "Do not copy, forward or download the material: in many countries possession is a crime.",
        "Report its address to the police or your national hotline at once.",
        "If it is on a system that you run, cut off public access and preserve the system as the police ask.",
        "Let as few people as possible see it, and offer them support.",
    ),
    "malicious-code": (
        "Disconnect infected systems from all networks, but do not power them off.",
        "Keep a memory image and a copy of the disk before you clean or reinstall.",
        "Check that backups are offline, unharmed and can be restored.",
        "Block the known indicators (hashes, domains, addresses) and search your logs for them.",
        _TELL,
    ),
    "malicious-code/c2-server": (
        "Block the servers' addresses and domains for outgoing traffic.",
        "Search DNS, proxy and firewall logs for earlier connections; isolate the systems that made them.",
        "If the server is yours, isolate it without powering it off, and keep an image of memory and disk.",
        "Report the server to its hosting provider's abuse contact and to your national CSIRT.",
    ),
    "malicious-code/malware-distribution": (
        "Block the addresses and file hashes at proxy, mail filter and endpoints.",
        "Search your logs for systems that fetched the files, and isolate those.",
        "Report the addresses to the hosting provider and the registrar for removal.",
        "If the site is yours, take the files offline, keep a copy, and find out how they got there.",
        _TELL,
    ),
    "information-gathering": (
        "Close services that need not be reachable from the internet.",
        "Install pending security updates on those that must be.",
        "Remind staff not to give out details of people, systems or suppliers without checking who asks.",
        "Keep the logs, and look for later intrusion attempts from the same sources.",
        _TELL,
    ),
    "information-gathering/scanner": (
        "Compare what the scans look for with what you expose; update or close it first.",
        "Close ports and services that need not be reachable from the internet.",
        "Check whether a scanned system answered, logged in or ran anything for the same sources.",
        "Limit or block the sources at the edge, knowing that they change quickly.",
        "Report persistent sources to their network's abuse contact.",
    ),
    "information-gathering/sniffing": (
        "Find and cut off the device, route or account that intercepts traffic; keep it as evidence.",
        "Change all passwords and keys that crossed that network unencrypted, from a safe network.",
        "Check DNS records, routes and certificates for changes that nobody there made.",
        "Switch off unencrypted logins and administration (Telnet, FTP, plain HTTP).",
        _TELL,
    ),
    "information-gathering/social-engineering": (
        "Warn staff now, the help desk and finance first, with an example of the approach.",
        "Confirm unusual requests over a known number, never over the contact given in the request.",
        "Ask who has answered; reset the credentials that they gave away, and stop payments at the bank.",
        "Require a second person for payments, password resets and new bank details.",
        _TELL,
    ),
    "intrusion-attempts": (
        "Install the updates for the products under attack on systems that face the internet.",
        "Where no update can be installed now, take the service off the internet or restrict who reaches it.",
        "Check whether an attempt succeeded: new files, accounts, processes and outgoing connections.",
        "Block the sources and signatures at firewall and intrusion prevention.",
        _TELL,
    ),
    "intrusion-attempts/brute-force": (
        "Look for logins that succeeded after many failures; end those sessions and reset the passwords.",
        "Require multi-factor authentication for remote access, mail and administration.",
        "Limit login attempts, and allow remote administration only through a VPN or known addresses.",
        "Disable unused, default and shared accounts.",
        "Report the sources to their network's abuse contact.",
    ),
    "intrusion-attempts/exploit": (
        "Restrict access to the attacked service to those who need it, or take it off the internet.",
        "Check whether an attack succeeded: new files, accounts, processes and outgoing connections.",
        "Keep the requests, samples and logs; they may be the only record of an unknown flaw.",
        "Tell the vendor and your national CSIRT in confidence, and ask for a workaround.",
        "Install the vendor's fix as soon as there is one.",
    ),
    "intrusions": (
        "Isolate the affected systems from the network, but do not power them off.",
        "Save memory, disk and logs before you change anything.",
        "Reset credentials and end sessions, privileged accounts first, from a clean machine.",
        "Look for other systems reached with the same accounts, and for new accounts, tasks and keys.",
        _TELL,
    ),
    "intrusions/privileged-account-compromise": (
        "Disable the account and end all its sessions, tokens and keys.",
        "Review what it did: new accounts, changed rights, policies, backups and security settings.",
        "Change the other privileged credentials that it could read, from a clean machine.",
        "Isolate the systems where it was used, without powering them off, and save memory and logs.",
        _TELL,
    ),
    "intrusions/unprivileged-account-compromise": (
        "Reset the password, and end all sessions and application tokens of the account.",
        "Remove forwarding rules, delegated access and second factors that its owner did not set.",
        "Review what the account read, sent and logged in to.",
        "Require multi-factor authentication, and ask whether the password was used elsewhere.",
        "Warn those who received messages from the account.",
    ),
    "intrusions/application-compromise": (
        "Restrict access to the application or take it offline, without deleting anything.",
        "Copy the application's files, database and logs before you repair it.",
        "Look for web shells, new administrators and changed files; compare with a known good copy.",
        "Close the hole (update, setting or code), then restore from a clean copy.",
        "Change the passwords, keys and tokens that the application held.",
    ),
    "intrusions/burglary": (
        "Call the police, and leave the scene untouched until they have seen it.",
        "List what is missing, and look for devices that were left behind.",
        "Lock or wipe stolen devices remotely, and revoke their certificates and accounts.",
        "Change the keys, codes and passwords that were within reach.",
        "Keep camera recordings and access logs.",
    ),
    "availability": (
        "Find out whether it is an attack or a failure: compare traffic, load and recent changes.",
        "Put the most important services first, and switch to spare capacity where there is some.",
        "Tell your users by a channel that does not depend on the service.",
        "Check that your provider's emergency contacts are right and reachable.",
        _KEEP,
    ),
    "availability/dos": (
        "Find the request or service that is exhausted, and limit or switch off just that.",
        "Install updates for it, and set limits on rate, size and time.",
        "Block the sources at the edge.",
        "Keep a sample of the traffic and the logs.",
        "Report the sources to their network's abuse contact and to your national CSIRT.",
    ),
    "availability/ddos": (
        "Call your internet provider or DDoS protection service, and ask for filtering upstream.",
        "Keep a traffic sample (addresses, ports, protocols); filters are made from it.",
        "Restrict traffic by rate, protocol and region, and serve static pages from a cache or CDN.",
        "Do not pay; keep any message that demands money.",
        "Watch your other systems meanwhile: the attack may be a distraction.",
    ),
    "availability/misconfiguration": (
        "Undo the last change, or restore the last configuration that worked.",
        "Stop further changes until the service is stable.",
        "Check DNS, certificates, routes and firewall rules for expiry and mistakes.",
        "Have a second person check such changes, with a way back prepared.",
    ),
    "availability/sabotage": (
        "Make sure that people are safe, then call the police.",
        "Switch to spare lines, power and sites.",
        "Leave damaged equipment as it is until evidence has been taken.",
        "Revoke access of accounts and badges under suspicion, and check for logic left behind.",
        "Tell your national CSIRT, and operators who share the same lines or sites.",
    ),
    "availability/outage": (
        "Ask your power, network and cloud providers for the cause and the expected duration.",
        "Start your continuity plan: spare lines, generators, other sites.",
        "Shut systems down in order before batteries run out.",
        "Tell your users by a channel that does not depend on the service.",
        "Check data and backups after the restart.",
    ),
    "information-content-security": (
        "Close the way in: revoke the accounts, keys, links and shares that were used.",
        _KEEP,
        "Establish which data were reached, and whose they are.",
        "Ask your legal and data protection officers now: duties to notify run in hours.",
        _TELL,
    ),
    "information-content-security/unauthorised-information-modification": (
        "Restrict writing to the data, and keep the changed version as evidence.",
        "Compare with a known good copy to find every change.",
        "Revoke the accounts and close the hole through which it was changed.",
        "Restore from a clean copy made before the change.",
        "Warn those who may have acted on false data, payments first.",
    ),
    "information-content-security/data-loss": (
        "Stop writing to the affected disks and systems, so that more can be recovered.",
        "Disconnect the backups, check them, and restore to separate systems first.",
        "Lock or wipe lost devices remotely, and revoke their accounts.",
        "Find out whether it was a failure, a mistake or an attack before you rebuild.",
        "Ask your legal and data protection officers whether the loss must be notified.",
    ),
    "fraud": (
        "Call your bank at once to stop or recall payments.",
        "Reset credentials that were given away, and end their sessions.",
        "Warn staff, finance first, and confirm changed bank details over a known number.",
        "Keep messages with full headers, addresses and account numbers as evidence.",
        "Report it to the police and to your national CSIRT.",
    ),
    "fraud/unauthorised-use-of-resources": (
        "Stop the processes, instances or accounts that use the resources; keep an image and the logs.",
        "Revoke the keys, tokens and passwords that started them.",
        "Find out how access was gained, and look for more than the use that you saw.",
        "Set limits and alerts on cost, load and outgoing traffic.",
        "Tell your cloud or hosting provider, and dispute the charges.",
    ),
    "fraud/copyright": (
        "Check that the notice is genuine before you open its links or attachments.",
        "Cut off access to the material, and keep a record of what was where.",
        "Find out whether a user or an intruder put it there.",
        "Answer within the time that the law gives; ask your legal officer.",
    ),
    "fraud/masquerade": (
        "Report the domain, site or profile to its registrar, host or platform for removal.",
        "Keep screenshots, headers and registration data as evidence.",
        "Tell customers and partners which domains and numbers are yours.",
        "Confirm changed bank details and urgent requests over a known number.",
        "Set DMARC to reject for your domains.",
    ),
    "fraud/phishing": (
        "Reset the credentials of everyone who entered them, and end their sessions.",
        "Report the address to the hosting provider and the registrar for removal.",
        "Block the address and sender, and remove the message from mailboxes.",
        "Warn staff and users with a picture of the message, and say where to report it.",
        "Require multi-factor authentication, preferably of a kind that resists phishing (passkeys).",
    ),
    "vulnerable": (
        "List your systems that face the internet, with versions and owners.",
        "Install security updates there first, starting with what is known to be exploited.",
        "Take off the internet, or behind a VPN, what cannot be updated.",
        "Check systems that were exposed for signs of intrusion: an update does not remove an intruder.",
    ),
    "vulnerable/weak-crypto": (
        "Switch off SSL, TLS 1.0 and 1.1, and weak ciphers.",
        "Replace weak or shared keys and certificates, and revoke the old ones.",
        "Change passwords that may have crossed such connections.",
        "Update the software where strong settings are not possible.",
    ),
    "vulnerable/ddos-amplifier": (
        "Restrict the service (DNS, NTP, SNMP, SSDP, memcached) to your own networks, or switch it off.",
        "Limit the rate of answers where it must stay public.",
        "Filter forged source addresses at your edge (BCP 38).",
        "Test from outside that the service no longer answers.",
    ),
    "vulnerable/potentially-unwanted-accessible": (
        "Close the service to the internet, or allow it only through a VPN or known addresses.",
        "Change default passwords, and require multi-factor authentication.",
        "Review its logs for access by strangers while it was open.",
        "Scan your own address ranges from outside, regularly.",
    ),
    "vulnerable/information-disclosure": (
        "Cut off public access to the data, directory or interface.",
        "Review the logs to see who has fetched it.",
        "Replace passwords, keys and tokens that were readable.",
        "Ask search engines and archives to remove their copies.",
        "Ask your legal and data protection officers whether it must be notified.",
    ),
    "test": ("Do nothing: this is a test.",),
}
"""Recommended first actions, most urgent first."""
