"""
French words of a machine's draft: what a warning is about, what to watch for, and what to do first.

Lowest floor, beside the names; `warp.drafting` puts the sentences together. Keys are RSIT types (class/type)
and classes; empty is all types. In the last two tables a type takes its class's words, and a class those of
all types, unless it stands there itself. No numbers of reports and no places.
"""

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "": "d'incidents de sécurité",
    "abusive-content": "de contenus abusifs",
    "abusive-content/spam": "de spam",
    "abusive-content/harmful-speech": "de discours haineux ou de harcèlement",
    "abusive-content/violence": "d'exploitation sexuelle ou de contenus violents",
    "malicious-code": "de codes malveillants",
    "malicious-code/infected-system": "de systèmes infectés",
    "malicious-code/c2-server": "de serveurs de commande et de contrôle (C2)",
    "malicious-code/malware-distribution": "de distribution de logiciels malveillants",
    "malicious-code/malware-configuration": "de configurations de logiciels malveillants",
    "information-gathering": "de collecte d'informations",
    "information-gathering/scanner": "de balayages de réseaux",
    "information-gathering/sniffing": "d'écoute du trafic",
    "information-gathering/social-engineering": "d'ingénierie sociale",
    "intrusion-attempts": "de tentatives d'intrusion",
    "intrusion-attempts/ids-alert": "de tentatives d'exploitation de vulnérabilités connues",
    "intrusion-attempts/brute-force": "de tentatives de connexion répétées",
    "intrusion-attempts/exploit": "d'attaques par des failles inconnues",
    "intrusions": "d'intrusions",
    "intrusions/privileged-account-compromise": "de comptes à privilèges compromis",
    "intrusions/unprivileged-account-compromise": "de comptes d'utilisateur compromis",
    "intrusions/application-compromise": "d'applications compromises",
    "intrusions/system-compromise": "de systèmes compromis",
    "intrusions/burglary": "d'intrusions physiques",
    "availability": "de problèmes de disponibilité",
    "availability/dos": "d'attaques par déni de service",
    "availability/ddos": "d'attaques par déni de service distribué (DDoS)",
    "availability/misconfiguration": "de pannes dues à une erreur de configuration",
    "availability/sabotage": "de sabotage",
    "availability/outage": "d'interruptions de service",
    "information-content-security": "d'atteintes à des informations",
    "information-content-security/unauthorised-information-access": "d'accès non autorisés à l'information",
    "information-content-security/unauthorised-information-modification": (
        "de modifications non autorisées de l'information"
    ),
    "information-content-security/data-loss": "de pertes de données",
    "information-content-security/data-leak": "de fuites d'informations confidentielles",
    "fraud": "de fraude",
    "fraud/unauthorised-use-of-resources": "d'utilisation non autorisée de ressources",
    "fraud/copyright": "d'atteintes au droit d'auteur",
    "fraud/masquerade": "d'usurpation d'identité",
    "fraud/phishing": "d'hameçonnage",
    "vulnerable": "de vulnérabilités",
    "vulnerable/weak-crypto": "de services à la cryptographie faible",
    "vulnerable/ddos-amplifier": "de services capables d'amplifier des attaques DDoS",
    "vulnerable/potentially-unwanted-accessible": "de services exposés sur internet",
    "vulnerable/information-disclosure": "de services qui divulguent des informations",
    "vulnerable/vulnerable-system": "de systèmes vulnérables",
    "other": "d'autres incidents",
    "other/other": "d'incidents non classés",
    "other/undetermined": "d'incidents de type indéterminé",
    "test": "de tests",
    "test/test": "d'incidents de test",
}
"""What follows "signalements", with its "de"; every type and class has one."""

SENTENCES: Mapping[str, str] = {
    "rise-title": "Hausse inhabituelle des signalements {subject}",
    "threshold-title": "Attention : signalements {subject}",
    "week": "Dans la semaine qui a commencé le {monday} ({last})",
    "weeks": "De la semaine {first} (commencée le {monday}) à la semaine {last}",
    "rise": "{when}, des équipes de réponse aux incidents ont signalé plus {subject} que d'habitude.",
    "threshold": (
        "{when}, les signalements {subject} des équipes de réponse aux incidents ont atteint le niveau "
        "auquel ce service alerte."
    ),
    "place": "Lieu : {place}.",
    "watch": "Surveillez {what}.",
    "withheld": "Les équipes signalent anonymement ; pour les protéger, aucun nombre exact n'est publié.",
}
"""The draft's own sentences; braces stand for what is filled in."""

WATCH: Mapping[str, str] = {
    "": "les alertes, les pannes et les demandes qui sortent de l'ordinaire",
    "abusive-content": "les messages et pages qui abusent de vos services, de votre nom ou de vos équipes",
    "abusive-content/spam": "une hausse soudaine du spam, et vos boîtes ou serveurs qui en enverraient",
    "abusive-content/violence": "les plaintes sur de tels contenus dans les sites et réseaux que vous gérez",
    "malicious-code": (
        "les pièces jointes et téléchargements inattendus, les logiciels de sécurité qui s'arrêtent, les "
        "fichiers qui ne s'ouvrent plus et les connexions vers des adresses inconnues"
    ),
    "malicious-code/c2-server": "les connexions régulières à une adresse inconnue, et les processus étranges",
    "malicious-code/malware-distribution": "les téléchargements suspects et les fichiers intrus de vos sites",
    "information-gathering": "les sondages de vos systèmes, et les inconnus qui s'informent sur vos équipes",
    "information-gathering/scanner": "les sondages de nombreux ports ou machines depuis les mêmes sources",
    "information-gathering/sniffing": "les alertes de certificat, le DNS ou les routes modifiés",
    "information-gathering/social-engineering": "les demandes pressantes d'argent ou de mot de passe",
    "intrusion-attempts": "les tentatives d'exploitation de systèmes exposés, et celles qui ont réussi",
    "intrusion-attempts/brute-force": "de nombreux échecs de connexion, et une réussite après eux",
    "intrusions": (
        "les connexions à des heures ou depuis des lieux inhabituels, les comptes ou tâches nouveaux, les "
        "réglages modifiés et les trous dans les journaux"
    ),
    "intrusions/burglary": "les portes forcées, le matériel manquant et les appareils d'origine inconnue",
    "availability": "les services lents ou en panne, et les changements qui ont précédé une panne",
    "availability/dos": "les services lents, les serveurs épuisés et les requêtes faites pour les épuiser",
    "availability/ddos": "un afflux de trafic aux sources multiples, et les demandes d'argent",
    "availability/sabotage": "les câbles coupés, le matériel endommagé et les changements malveillants",
    "information-content-security": (
        "les accès inhabituels aux fichiers et aux bases de données, les gros transferts sortants et vos "
        "données proposées ailleurs"
    ),
    "information-content-security/unauthorised-information-modification": (
        "les pages, les fiches ou les coordonnées de paiement qui ont changé sans raison connue"
    ),
    "information-content-security/data-loss": "les fichiers et appareils perdus et les sauvegardes en échec",
    "fraud": "les demandes non sollicitées de paiement, d'identifiants ou de nouvelles coordonnées bancaires",
    "fraud/unauthorised-use-of-resources": "une charge, des frais ou un trafic inexpliqués",
    "fraud/copyright": "les demandes de retrait, et les contenus sans licence sur vos systèmes",
    "fraud/masquerade": "les domaines, sites, profils et messages nouveaux qui usent de votre nom",
    "fraud/phishing": "les messages qui pressent de se connecter ou de payer, et les copies de vos sites",
    "vulnerable": "vos systèmes exposés sur internet sans mises à jour ni réglages sûrs",
    "vulnerable/ddos-amplifier": "les services DNS, NTP, SNMP, SSDP ou memcached ouverts à tous",
    "test": "ce test, pour voir s'il parvient à vos outils",
}
"""What completes the sentence `watch`."""

_TELL = "Dites à votre CSIRT national ce que vous observez, avec les indicateurs et les heures."
_KEEP = "Gardez dès maintenant les journaux et autres preuves, avant leur rotation ; notez les heures en UTC."

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "": (
        "Parlez de cette alerte à votre équipe d'astreinte, et vérifiez qu'elle sait qui appeler.",
        "Vérifiez que les journaux des systèmes exposés, de messagerie et de connexion sont gardés et lus.",
        "Installez les mises à jour de sécurité en attente, d'abord sur les systèmes exposés sur internet.",
        "Vérifiez qu'une sauvegarde récente existe hors ligne et qu'elle peut être restaurée.",
        _TELL,
    ),
    "abusive-content": (
        "Si quelqu'un est en danger, appelez d'abord la police.",
        "Notez l'adresse, l'expéditeur et l'heure du contenu ; ne diffusez pas le contenu lui-même.",
        "Demandez son retrait au contact abuse de la plateforme ou de l'opérateur.",
        "Bloquez ses expéditeurs et ses adresses dans vos propres filtres.",
        "Dites au personnel et aux utilisateurs où signaler de tels contenus.",
    ),
    "abusive-content/spam": (
        "Cherchez les boîtes ou les serveurs de chez vous qui envoient le spam, et arrêtez-les.",
        "Changez les mots de passe des boîtes détournées et fermez leurs sessions.",
        "Bloquez les expéditeurs, les liens et les pièces jointes dans votre filtre de messagerie.",
        "Signalez-le, avec les en-têtes complets, au contact abuse du réseau d'origine.",
        "Vérifiez que SPF, DKIM et DMARC sont en place pour vos domaines.",
    ),
    "abusive-content/violence": (
        "Ne copiez, ne transférez et ne téléchargez rien : dans bien des pays la détention est un délit.",
        "Signalez aussitôt l'adresse à la police ou à la plateforme nationale de signalement.",
        "Si un de vos systèmes est en cause, coupez l'accès public et préservez-le comme le dit la police.",
        "Faites que le moins de personnes possible voient ce contenu, et proposez-leur un soutien.",
    ),
    "malicious-code": (
        "Coupez les systèmes infectés de tous les réseaux, mais ne les éteignez pas.",
        "Gardez une image de la mémoire et une copie du disque avant de nettoyer ou de réinstaller.",
        "Vérifiez que les sauvegardes sont hors ligne, intactes et restaurables.",
        "Bloquez les indicateurs connus (empreintes, domaines, adresses) et cherchez-les dans vos journaux.",
        _TELL,
    ),
    "malicious-code/c2-server": (
        "Bloquez le trafic sortant vers les adresses et les domaines de ces serveurs.",
        "Cherchez des connexions passées dans les journaux DNS, proxy et pare-feu ; isolez leurs sources.",
        (
            "Si le serveur est à vous, isolez-le sans l'éteindre, et gardez une image de la mémoire et du "
            "disque."
        ),
        "Signalez le serveur au contact abuse de son hébergeur et à votre CSIRT national.",
    ),
    "malicious-code/malware-distribution": (
        "Bloquez les adresses et les empreintes des fichiers au proxy, à la messagerie et sur les postes.",
        "Cherchez dans vos journaux les systèmes qui ont téléchargé les fichiers, et isolez-les.",
        "Signalez les adresses à l'hébergeur et au bureau d'enregistrement pour leur retrait.",
        "Si le site est à vous, retirez les fichiers, gardez une copie et cherchez comment ils sont arrivés.",
        _TELL,
    ),
    "information-gathering": (
        "Fermez les services qui n'ont pas à être accessibles depuis internet.",
        "Installez les mises à jour de sécurité en attente sur ceux qui doivent l'être.",
        "Rappelez de ne rien dire sur le personnel, les systèmes ou les fournisseurs sans vérifier à qui.",
        "Gardez les journaux, et cherchez des tentatives d'intrusion ultérieures depuis les mêmes sources.",
        _TELL,
    ),
    "information-gathering/scanner": (
        "Comparez ce que cherchent les balayages à ce que vous exposez ; corrigez ou fermez-le d'abord.",
        "Fermez les ports et les services qui n'ont pas à être accessibles depuis internet.",
        "Vérifiez si un système a répondu, donné accès ou exécuté quelque chose pour les mêmes sources.",
        "Limitez ou bloquez les sources en périphérie, en sachant qu'elles changent vite.",
        "Signalez les sources persistantes au contact abuse de leur réseau.",
    ),
    "information-gathering/sniffing": (
        "Trouvez et isolez l'appareil, la route ou le compte qui capte le trafic ; gardez-le comme preuve.",
        "Changez, depuis un réseau sûr, les mots de passe et les clés passés en clair sur ce réseau.",
        (
            "Cherchez dans le DNS, les routes et les certificats des changements que personne chez vous n'a "
            "faits."
        ),
        "Désactivez les connexions et l'administration non chiffrées (Telnet, FTP, HTTP).",
        _TELL,
    ),
    "information-gathering/social-engineering": (
        "Avertissez le personnel, d'abord l'assistance et la comptabilité, avec un exemple du procédé.",
        "Confirmez les demandes inhabituelles par un numéro connu, jamais par celui que donne la demande.",
        "Demandez qui a répondu ; changez les identifiants divulgués et bloquez les paiements à la banque.",
        "Exigez une seconde personne pour les paiements, mots de passe et nouvelles coordonnées bancaires.",
        _TELL,
    ),
    "intrusion-attempts": (
        "Installez les mises à jour des produits attaqués sur les systèmes exposés sur internet.",
        "À défaut de mise à jour immédiate, retirez le service d'internet ou restreignez-en l'accès.",
        "Vérifiez si un essai a réussi : fichiers, comptes, processus et connexions sortantes nouveaux.",
        "Bloquez les sources et les signatures au pare-feu et dans la prévention d'intrusions.",
        _TELL,
    ),
    "intrusion-attempts/brute-force": (
        "Cherchez des connexions réussies après bien des échecs ; fermez-les et changez les mots de passe.",
        "Exigez l'authentification multifacteur pour l'accès distant, la messagerie et l'administration.",
        "Limitez les essais, et n'autorisez l'administration à distance que par VPN ou adresses connues.",
        "Désactivez les comptes inutilisés, par défaut ou partagés.",
        "Signalez les sources au contact abuse de leur réseau.",
    ),
    "intrusion-attempts/exploit": (
        "Restreignez le service attaqué à ceux qui en ont besoin, ou retirez-le d'internet.",
        "Vérifiez si une attaque a réussi : fichiers, comptes, processus et connexions sortantes nouveaux.",
        "Gardez requêtes, échantillons et journaux ; c'est peut-être la seule trace d'une faille inconnue.",
        "Informez en confidence l'éditeur et votre CSIRT national, et demandez un contournement.",
        "Installez le correctif de l'éditeur dès qu'il existe.",
    ),
    "intrusions": (
        "Isolez du réseau les systèmes touchés, mais ne les éteignez pas.",
        "Sauvegardez la mémoire, le disque et les journaux avant de changer quoi que ce soit.",
        "Changez les identifiants et fermez les sessions, d'abord à privilèges, depuis une machine saine.",
        "Cherchez d'autres systèmes atteints par les mêmes comptes, et tout compte, tâche ou clé nouveau.",
        _TELL,
    ),
    "intrusions/privileged-account-compromise": (
        "Désactivez le compte et révoquez toutes ses sessions, tous ses jetons et toutes ses clés.",
        "Examinez ce qu'il a fait : comptes, droits, politiques, sauvegardes et réglages de sécurité.",
        "Changez, depuis une machine saine, les autres identifiants à privilèges qu'il pouvait lire.",
        "Isolez sans les éteindre les systèmes où il a servi, et gardez la mémoire et les journaux.",
        _TELL,
    ),
    "intrusions/unprivileged-account-compromise": (
        "Changez le mot de passe et fermez toutes les sessions et tous les jetons d'application du compte.",
        "Retirez les transferts, les accès délégués et les seconds facteurs que son titulaire n'a pas créés.",
        "Examinez ce que le compte a lu et envoyé, et où il s'est connecté.",
        "Exigez l'authentification multifacteur, et demandez si le mot de passe servait ailleurs.",
        "Prévenez ceux qui ont reçu des messages du compte.",
    ),
    "intrusions/application-compromise": (
        "Restreignez l'accès à l'application ou mettez-la hors ligne, sans rien effacer.",
        "Copiez les fichiers, la base de données et les journaux de l'application avant de la réparer.",
        "Cherchez web shells, administrateurs nouveaux et fichiers modifiés ; comparez à une copie saine.",
        "Fermez la brèche (mise à jour, réglage ou code), puis restaurez depuis une copie saine.",
        "Changez les mots de passe, les clés et les jetons que l'application détenait.",
    ),
    "intrusions/burglary": (
        "Appelez la police, et laissez les lieux intacts jusqu'à ce qu'elle les ait vus.",
        "Listez ce qui manque, et cherchez les appareils laissés sur place.",
        "Verrouillez ou effacez à distance les appareils volés, et révoquez leurs certificats et comptes.",
        "Changez les clés, les codes et les mots de passe qui étaient à portée.",
        "Gardez les enregistrements des caméras et les journaux d'accès.",
    ),
    "availability": (
        "Tranchez entre attaque et panne : comparez le trafic, la charge et les changements récents.",
        "Occupez-vous d'abord des services essentiels, et passez sur la capacité de secours s'il y en a.",
        "Informez les utilisateurs par un canal qui ne dépend pas du service.",
        "Vérifiez que les contacts d'urgence de votre opérateur sont exacts et joignables.",
        _KEEP,
    ),
    "availability/dos": (
        "Trouvez la requête ou le service qui s'épuise, et ne limitez ou désactivez que cela.",
        "Installez ses mises à jour, et fixez des limites de débit, de taille et de durée.",
        "Bloquez les sources en périphérie.",
        "Gardez un extrait du trafic et les journaux.",
        "Signalez les sources au contact abuse de leur réseau et à votre CSIRT national.",
    ),
    "availability/ddos": (
        "Appelez votre opérateur ou votre service anti-DDoS, et demandez un filtrage en amont.",
        "Gardez un extrait du trafic (adresses, ports, protocoles) ; on en tire les filtres.",
        "Limitez le trafic par débit, protocole et région, et servez des pages statiques par cache ou CDN.",
        "Ne payez pas ; gardez tout message qui demande de l'argent.",
        "Surveillez en même temps vos autres systèmes : l'attaque peut être une diversion.",
    ),
    "availability/misconfiguration": (
        "Annulez le dernier changement, ou restaurez la dernière configuration qui marchait.",
        "Suspendez tout autre changement tant que le service n'est pas stable.",
        "Cherchez expirations et erreurs dans le DNS, les certificats, les routes et les règles de pare-feu.",
        "Faites vérifier ces changements par une seconde personne, avec un retour arrière prêt.",
    ),
    "availability/sabotage": (
        "Assurez-vous que les personnes sont à l'abri, puis appelez la police.",
        "Passez sur les liens, l'alimentation et les sites de secours.",
        "Laissez le matériel endommagé en l'état jusqu'au relevé des preuves.",
        "Révoquez les comptes et les badges suspects, et cherchez du code malveillant laissé derrière.",
        "Prévenez votre CSIRT national et les opérateurs qui partagent les mêmes liens ou sites.",
    ),
    "availability/outage": (
        "Demandez la cause et la durée prévue à vos fournisseurs d'électricité, de réseau et de cloud.",
        "Lancez votre plan de continuité : liens de secours, groupes électrogènes, autres sites.",
        "Arrêtez les systèmes dans l'ordre avant l'épuisement des batteries.",
        "Informez les utilisateurs par un canal qui ne dépend pas du service.",
        "Vérifiez les données et les sauvegardes après le redémarrage.",
    ),
    "information-content-security": (
        "Fermez la voie d'entrée : révoquez les comptes, clés, liens et partages utilisés.",
        _KEEP,
        "Établissez quelles données ont été atteintes, et à qui elles sont.",
        "Consultez vos responsables juridique et protection des données : les délais se comptent en heures.",
        _TELL,
    ),
    "information-content-security/unauthorised-information-modification": (
        "Restreignez l'écriture sur les données, et gardez la version modifiée comme preuve.",
        "Comparez à une copie saine pour trouver chaque changement.",
        "Révoquez les comptes et fermez la brèche par lesquels elles ont été modifiées.",
        "Restaurez depuis une copie saine d'avant le changement.",
        "Prévenez ceux qui ont pu agir sur des données fausses, d'abord pour les paiements.",
    ),
    "information-content-security/data-loss": (
        "N'écrivez plus sur les disques et systèmes touchés, pour pouvoir récupérer davantage.",
        "Déconnectez les sauvegardes, vérifiez-les et restaurez d'abord sur des systèmes à part.",
        "Verrouillez ou effacez à distance les appareils perdus, et révoquez leurs comptes.",
        "Cherchez si c'est une panne, une erreur ou une attaque avant de reconstruire.",
        "Demandez à vos responsables juridique et protection des données s'il faut notifier la perte.",
    ),
    "fraud": (
        "Appelez tout de suite votre banque pour bloquer ou rappeler les paiements.",
        "Changez les identifiants divulgués et fermez leurs sessions.",
        "Avertissez d'abord la comptabilité ; confirmez par un numéro connu tout changement bancaire.",
        "Gardez comme preuves les messages avec en-têtes complets, les adresses et les numéros de compte.",
        "Portez plainte à la police et signalez-le à votre CSIRT national.",
    ),
    "fraud/unauthorised-use-of-resources": (
        "Arrêtez les processus, instances ou comptes en cause ; gardez une image et les journaux.",
        "Révoquez les clés, les jetons et les mots de passe qui les ont lancés.",
        "Cherchez comment l'accès a été obtenu, et s'il y a plus que l'usage constaté.",
        "Fixez des limites et des alertes de coût, de charge et de trafic sortant.",
        "Prévenez votre fournisseur de cloud ou votre hébergeur, et contestez les frais.",
    ),
    "fraud/copyright": (
        "Vérifiez que la demande est authentique avant d'ouvrir ses liens ou ses pièces jointes.",
        "Coupez l'accès au contenu, et notez ce qui se trouvait où.",
        "Cherchez si un utilisateur ou un intrus l'y a mis.",
        "Répondez dans le délai légal ; consultez votre responsable juridique.",
    ),
    "fraud/masquerade": (
        "Signalez domaine, site ou profil au bureau d'enregistrement, à l'hébergeur ou à la plateforme.",
        "Gardez comme preuves les captures d'écran, les en-têtes et les données d'enregistrement.",
        "Dites à vos clients et partenaires quels domaines et quels numéros sont les vôtres.",
        "Confirmez par un numéro connu tout changement bancaire et toute demande urgente.",
        "Mettez DMARC en rejet pour vos domaines.",
    ),
    "fraud/phishing": (
        "Changez les identifiants de tous ceux qui les ont saisis, et fermez leurs sessions.",
        "Signalez l'adresse à l'hébergeur et au bureau d'enregistrement pour son retrait.",
        "Bloquez l'adresse et l'expéditeur, et retirez le message des boîtes.",
        "Avertissez le personnel et les utilisateurs avec une image du message, et dites où le signaler.",
        "Exigez l'authentification multifacteur, si possible résistante à l'hameçonnage (clés d'accès).",
    ),
    "vulnerable": (
        "Listez vos systèmes exposés sur internet, avec leurs versions et leurs responsables.",
        "Installez-y d'abord les mises à jour de sécurité, à commencer par ce qui est déjà exploité.",
        "Retirez d'internet, ou placez derrière un VPN, ce qui ne peut pas être mis à jour.",
        "Cherchez des signes d'intrusion sur les systèmes exposés : corriger ne chasse pas un intrus.",
    ),
    "vulnerable/weak-crypto": (
        "Désactivez SSL, TLS 1.0 et 1.1, et les algorithmes faibles.",
        "Remplacez les clés et certificats faibles ou partagés, et révoquez les anciens.",
        "Changez les mots de passe qui ont pu passer par ces connexions.",
        "Mettez à jour les logiciels où des réglages forts sont impossibles.",
    ),
    "vulnerable/ddos-amplifier": (
        "Restreignez le service (DNS, NTP, SNMP, SSDP, memcached) à vos réseaux, ou désactivez-le.",
        "Limitez le débit des réponses là où il doit rester public.",
        "Filtrez en périphérie les adresses source falsifiées (BCP 38).",
        "Vérifiez de l'extérieur que le service ne répond plus.",
    ),
    "vulnerable/potentially-unwanted-accessible": (
        "Fermez le service à internet, ou ne l'autorisez que par VPN ou depuis des adresses connues.",
        "Changez les mots de passe par défaut, et exigez l'authentification multifacteur.",
        "Cherchez dans ses journaux des accès d'inconnus pendant qu'il était ouvert.",
        "Scannez régulièrement de l'extérieur vos propres plages d'adresses.",
    ),
    "vulnerable/information-disclosure": (
        "Coupez l'accès public aux données, au répertoire ou à l'interface.",
        "Examinez les journaux pour savoir qui les a récupérées.",
        "Remplacez les mots de passe, les clés et les jetons qui étaient lisibles.",
        "Demandez aux moteurs de recherche et aux archives de retirer leurs copies.",
        "Demandez à vos responsables juridique et protection des données s'il faut le notifier.",
    ),
    "test": ("Ne faites rien : ceci est un test.",),
}
"""Recommended first actions, most urgent first."""
