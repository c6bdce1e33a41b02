"""
French advice: what to do about an incident, in five sections for each class.

Lowest floor, beside the names; `warp.advice` chooses and sets the text. Keys are RSIT classes, and
`ransomware`, a tag that has its own text; inside, the sections of `warp.advice.Section`. No product names
and no country's law: readers are anywhere, and the texts go to people nobody knows.
"""

from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "first-hour": "Première heure",
    "evidence": "Preuves à conserver",
    "whom-to-tell": "Qui prévenir",
    "law-enforcement": "Police et justice",
    "recovery": "Retour à la normale",
}
"""What stands above each section."""

GUIDANCE: Mapping[str, Mapping[str, str]] = {
    "abusive-content": {
        "first-hour": (
            "Si quelqu'un est en danger, appelez tout de suite la police. Coupez l'accès public au contenu "
            "sur vos systèmes et bloquez les comptes qui l'envoient. Changez les mots de passe des boîtes "
            "aux lettres détournées et fermez leurs sessions."
        ),
        "evidence": (
            "Notez les adresses, les expéditeurs, les en-têtes complets, les heures en UTC et qui a publié. "
            "Si le contenu peut montrer des abus sexuels sur mineurs, ne le copiez et ne le transférez "
            "jamais. Notez seulement l'adresse et laissez le reste à la police."
        ),
        "whom-to-tell": (
            "Prévenez le contact abuse de la plateforme ou du réseau d'origine, et votre CSIRT national si "
            "cela se répète. Si une personne est visée, prévenez-la et décidez de la suite avec elle."
        ),
        "law-enforcement": (
            "Les menaces, l'extorsion et les contenus sexuels impliquant des mineurs vont aussitôt à la "
            "police. Si le contenu est sur votre système, demandez-lui comment le préserver avant d'effacer "
            "quoi que ce soit."
        ),
        "recovery": (
            "Retirez des comptes détournés les règles de messagerie et les applications que personne ne "
            "reconnaît. Une fois les envois arrêtés, demandez votre retrait des listes de blocage. Vérifiez "
            "SPF, DKIM et DMARC."
        ),
    },
    "malicious-code": {
        "first-hour": (
            "Coupez les machines infectées de tous les réseaux, mais laissez-les allumées. Bloquez les "
            "adresses, domaines et empreintes connus, puis cherchez dans vos journaux d'autres machines qui "
            "les ont contactés. Vérifiez que les sauvegardes sont hors ligne."
        ),
        "evidence": (
            "Copiez d'abord la mémoire, puis le disque. Gardez un échantillon dans une archive protégée par "
            "mot de passe, ce qui l'a apporté, et les journaux DNS, proxy, pare-feu et messagerie. Notez qui "
            "a fait quoi et quand, en UTC."
        ),
        "whom-to-tell": (
            "Prévenez votre direction et votre CSIRT national, et dites quels indicateurs peuvent être "
            "partagés. En cas d'attaque ciblée, ne déposez pas d'échantillon sur un site d'analyse public, "
            "car les attaquants les surveillent et chacun peut télécharger."
        ),
        "law-enforcement": (
            "Portez plainte auprès de la police spécialisée en cybercriminalité si de l'argent ou des "
            "données ont été pris. Si un serveur de commande est chez vous, isolez-le, copiez-le et "
            "consultez-la avant de l'effacer. N'entrez pas dans les systèmes de l'attaquant."
        ),
        "recovery": (
            "Réinstallez à partir de supports sains, car nettoyer ne suffit pas. Fermez la voie d'entrée et "
            "changez, depuis une machine saine, tout mot de passe utilisé sur les machines infectées. "
            "Reconnectez par étapes et surveillez un mois les indicateurs connus."
        ),
    },
    "information-gathering": {
        "first-hour": (
            "Regardez ce qui a répondu, fermez ce qui n'a pas à être ouvert et mettez le reste à jour. Si "
            "quelqu'un a donné un mot de passe ou un code, changez-le et fermez ses sessions. Si du trafic "
            "est capté, isolez l'appareil ou le compte en cause."
        ),
        "evidence": (
            "Gardez les journaux pare-feu, web, DNS et messagerie d'avant le premier sondage, avec source, "
            "port et heure UTC. Gardez les messages avec en-têtes complets, et notez numéro, heure et propos "
            "de chaque appel. Photographiez un appareil inconnu avant d'y toucher."
        ),
        "whom-to-tell": (
            "Alertez ceux qui peuvent être les prochains, d'abord l'assistance et l'accueil, et dites pour "
            "qui l'appelant se fait passer. Signalez les sources au contact abuse de leur réseau, et le "
            "procédé à votre CSIRT national."
        ),
        "law-enforcement": (
            "Un simple scan donne rarement lieu à une enquête. Pour un appareil posé, une ligne écoutée ou "
            "une menace, appelez la police spécialisée en cybercriminalité et touchez l'appareil le moins "
            "possible."
        ),
        "recovery": (
            "Changez, par une connexion sûre, tout secret passé en clair sur un réseau écouté. Cherchez dans "
            "le DNS, les routes et les certificats des changements que personne n'a faits. Surveillez de "
            "près les systèmes sondés pendant quelques semaines."
        ),
    },
    "intrusion-attempts": {
        "first-hour": (
            "Vérifiez si une tentative a réussi, par exemple une connexion après de nombreux échecs, des "
            "fichiers ou processus nouveaux ou du trafic sortant étrange. Si oui, traitez-la comme une "
            "intrusion. Sinon, corrigez ou protégez la cible et limitez les essais de connexion."
        ),
        "evidence": (
            "Exportez les journaux de la cible, du pare-feu et des connexions avant leur rotation. Gardez "
            "des requêtes ou paquets entiers, pas seulement des alertes, car on en tire les règles de "
            "détection. Notez les heures en UTC."
        ),
        "whom-to-tell": (
            "Prévenez les responsables des systèmes visés, et votre CSIRT national avec les sources, les "
            "heures et un échantillon. Si la faille est inconnue, prévenez l'éditeur en confidence et ne "
            "publiez aucun détail."
        ),
        "law-enforcement": (
            "Une tentative échouée donne rarement lieu à une enquête. Signalez-la à la police spécialisée en "
            "cybercriminalité s'il y a des menaces ou des identifiants volés, ou si elle vise des services "
            "dont des gens dépendent."
        ),
        "recovery": (
            "Mettez à jour la cible et tout ce qui lui ressemble. Exigez l'authentification multifacteur et "
            "changez les mots de passe essayés qui servent encore. Écrivez une règle de détection pour "
            "chaque technique observée."
        ),
    },
    "intrusions": {
        "first-hour": (
            "Parlez par téléphone, car l'intrus lit peut-être vos messages. Isolez les systèmes touchés sans "
            "les éteindre, désactivez les comptes utilisés et fermez leurs sessions. Si l'on est entré dans "
            "vos locaux, ne touchez à rien et appelez la police."
        ),
        "evidence": (
            "Copiez d'abord la mémoire, puis les disques, et mettez ailleurs les journaux de connexion, VPN, "
            "messagerie et cloud. Calculez l'empreinte de chaque copie et notez qui la détient. D'ici là, ne "
            "nettoyez, ne corrigez et ne redémarrez rien."
        ),
        "whom-to-tell": (
            "Réveillez la personne qui peut décider de couper des services. Prévenez votre CSIRT national et "
            "les partenaires connectés par un canal que l'intrus n'a pas. Si des données personnelles sont à "
            "sa portée, prévenez votre délégué à la protection des données, car les délais courent."
        ),
        "law-enforcement": (
            "Appelez la police spécialisée en cybercriminalité avant de reconstruire et demandez-lui ce "
            "qu'il lui faut. Remettez-lui votre journal de bord et les indicateurs, et gardez le numéro du "
            "dossier. N'entrez pas dans les systèmes de l'attaquant."
        ),
        "recovery": (
            "Cherchez toutes les voies de retour (comptes, clés, tâches, web shells, règles de messagerie). "
            "Reconstruisez sur supports sains et changez d'un coup, depuis une machine saine, tous les "
            "identifiants à privilèges. Reconnectez par étapes, sous surveillance."
        ),
    },
    "availability": {
        "first-hour": (
            "Tranchez vite entre attaque et panne, en regardant le dernier changement et le trafic d'un jour "
            "normal. En cas d'attaque, demandez à votre opérateur de filtrer en amont. Protégez d'abord ce "
            "dont les gens ont le plus besoin."
        ),
        "evidence": (
            "Gardez une courte capture de trafic, les relevés de flux, les courbes de charge et la liste des "
            "changements récents. Gardez les demandes d'argent avec en-têtes complets. Photographiez le "
            "matériel endommagé et laissez-le en l'état."
        ),
        "whom-to-tell": (
            "Informez les utilisateurs par un canal indépendant du service et dites quand vous donnerez "
            "d'autres nouvelles. Prévenez votre opérateur et votre CSIRT national, ainsi que votre "
            "régulateur si le service est essentiel."
        ),
        "law-enforcement": (
            "Après un sabotage, mettez les gens à l'abri et laissez les lieux intacts pour la police. "
            "Signalez l'extorsion à la police spécialisée en cybercriminalité, avec la demande et un extrait "
            "du trafic. Ne payez pas, car cela appelle la demande suivante."
        ),
        "recovery": (
            "Rétablissez les services un par un et vérifiez les données après chaque arrêt brutal. Examinez "
            "vos autres systèmes, car l'attaque peut en cacher une autre. Notez dans votre plan les filtres "
            "et les contacts qui ont servi."
        ),
    },
    "information-content-security": {
        "first-hour": (
            "Fermez la sortie en révoquant les comptes, clés, liens et partages utilisés. Si des données ont "
            "été modifiées, bloquez-y toute écriture, et si elles sont perdues, n'utilisez plus le disque. "
            "Listez ensuite de quelles données il s'agit et à qui elles sont."
        ),
        "evidence": (
            "Gardez les journaux d'accès, de bases de données et de transferts, et les données modifiées à "
            "côté d'une copie saine. Notez où les données sont apparues, avec adresse, heure UTC et capture "
            "d'écran. Ne les diffusez pas."
        ),
        "whom-to-tell": (
            "Prévenez tout de suite vos responsables juridique et protection des données, car le délai de "
            "notification court peut-être. Puis votre autorité de protection des données, votre CSIRT "
            "national et les personnes touchées. Dites à celles-ci ce qu'elles peuvent faire."
        ),
        "law-enforcement": (
            "Signalez le vol ou l'extorsion à la police spécialisée en cybercriminalité, avec les messages "
            "et adresses de l'attaquant. Ne rachetez pas les données, car des copies resteront."
        ),
        "recovery": (
            "Restaurez une copie d'avant le premier changement, sur des systèmes à part, et comparez. "
            "Remplacez tout mot de passe, clé et jeton lisible. Demandez aux hébergeurs et aux moteurs de "
            "recherche de retirer les copies, et guettez les nouvelles."
        ),
    },
    "fraud": {
        "first-hour": (
            "Appelez tout de suite votre banque pour bloquer ou rappeler le paiement, car tout se joue en "
            "heures. Changez les identifiants divulgués, fermez leurs sessions et retirez les règles de "
            "messagerie inconnues. Arrêtez ce que des inconnus font tourner chez vous."
        ),
        "evidence": (
            "Gardez les messages en fichiers avec en-têtes complets, pas seulement en images. Notez les "
            "adresses des pages, les numéros de compte, les montants et les heures d'appel en UTC. Gardez "
            "les journaux de connexion et de messagerie de chaque compte concerné."
        ),
        "whom-to-tell": (
            "Prévenez la comptabilité et vos partenaires par un numéro connu. Aucune nouvelle coordonnée "
            "bancaire ne vaut sans confirmation de vive voix. Faites retirer les fausses pages par "
            "l'hébergeur et le registraire, et prévenez votre CSIRT national."
        ),
        "law-enforcement": (
            "Portez plainte le jour même auprès de la police spécialisée en cybercriminalité, car les "
            "banques demandent souvent le numéro de plainte avant de geler l'argent. Donnez comptes, "
            "montants et heures, et le pays où l'argent est parti."
        ),
        "recovery": (
            "Confirmez tout changement de coordonnées bancaires en appelant un numéro connu, et faites "
            "valider les paiements à deux. Exigez une authentification multifacteur résistante à "
            "l'hameçonnage. Mettez DMARC en rejet et plafonnez les dépenses cloud."
        ),
    },
    "vulnerable": {
        "first-hour": (
            "Trouvez tous les systèmes concernés et leurs responsables. Sans attendre la mise à jour, "
            "retirez-les d'internet, mettez-les derrière un VPN ou appliquez le contournement de l'éditeur. "
            "Cherchez des signes d'intrusion, car d'autres ont pu passer avant vous."
        ),
        "evidence": (
            "Sauvegardez les journaux avant la mise à jour, et une image de la mémoire si quelqu'un a pu "
            "entrer, car corriger efface des traces. Notez la version, depuis quand elle était exposée et "
            "comment vous l'avez appris."
        ),
        "whom-to-tell": (
            "Dites simplement au responsable quoi fermer et pour quand. Signalez une faille inédite à "
            "l'éditeur ou à votre CSIRT national, en confidence, et convenez d'une date. Si des données "
            "personnelles étaient lisibles, prévenez votre délégué à la protection des données."
        ),
        "law-enforcement": (
            "Une faille seule ne regarde pas la police. Si quelqu'un s'en est servi, gardez les traces et "
            "appelez la police spécialisée en cybercriminalité. Traitez en allié qui la signale de bonne "
            "foi."
        ),
        "recovery": (
            "Mettez à jour, puis vérifiez de l'extérieur que c'est fermé. Remplacez les mots de passe, clés "
            "et certificats qu'elle a pu exposer. Tenez la liste de ce que vous exposez, avec les "
            "responsables, et scannez régulièrement vos propres adresses."
        ),
    },
    "other": {
        "first-hour": (
            "Notez ce que vous savez, ce que vous supposez et ce que vous ignorez. Arrêtez ce qui se propage "
            "en isolant, sans éteindre. Nommez une personne qui décide et une autre qui tient le journal de "
            "bord."
        ),
        "evidence": (
            "Sauvegardez les journaux avant leur rotation, la mémoire avant les disques, et ce qui vous a "
            "frappé en premier, même minime. Notez qui l'a vu et quand, en UTC. Changez le moins possible "
            "tant qu'il n'y a pas de copies."
        ),
        "whom-to-tell": (
            "Prévenez tôt votre direction et votre CSIRT national, même sans certitude, car une fausse "
            "alerte coûte moins qu'une alerte tardive. Utilisez un canal qui ne dépend pas des systèmes "
            "touchés."
        ),
        "law-enforcement": (
            "Si des personnes sont en danger, appelez tout de suite la police. Si de l'argent, des données "
            "ou des locaux sont touchés, demandez à la police spécialisée en cybercriminalité s'il faut "
            "porter plainte et quoi préserver."
        ),
        "recovery": (
            "Cherchez comment cela a commencé avant de reconstruire, sinon vous reconstruirez la brèche. "
            "Restaurez depuis des copies saines, d'abord ce dont les gens ont le plus besoin. Écrivez "
            "ensuite ce qui s'est passé et ce qui l'aurait révélé plus tôt."
        ),
    },
    "ransomware": {
        "first-hour": (
            "Coupez les machines touchées de tout réseau, Wi-Fi compris, et laissez-les allumées. N'éteignez "
            "que celles que vous ne pouvez pas déconnecter. Isolez les sauvegardes et le stockage encore "
            "intacts, et désactivez les comptes qui servent à la propagation."
        ),
        "evidence": (
            "Gardez la demande de rançon, quelques fichiers chiffrés et le programme. Copiez la mémoire de "
            "deux ou trois machines, car la clé peut s'y trouver. Gardez les journaux de connexion, VPN et "
            "pare-feu des semaines précédentes."
        ),
        "whom-to-tell": (
            "Prévenez tout de suite votre direction et votre CSIRT national, qui connaît peut-être le groupe "
            "ou un déchiffreur gratuit. Supposez que des données ont été copiées et prévenez votre délégué à "
            "la protection des données. Téléphonez aux partenaires connectés."
        ),
        "law-enforcement": (
            "Appelez la police spécialisée en cybercriminalité avant que quiconque réponde aux criminels, "
            "car elle a peut-être des clés. Personne ne négocie seul. Payer ne garantit ni la clé ni le "
            "silence, et peut être illégal."
        ),
        "recovery": (
            "Fermez d'abord la voie d'entrée. Reconstruisez sur supports sains les serveurs qui gèrent les "
            "comptes, changez tous les mots de passe, puis restaurez des sauvegardes d'avant l'intrusion, "
            "vérifiées hors ligne. Gardez les disques chiffrés, car une clé peut apparaître plus tard."
        ),
    },
    "test": {
        "first-hour": "Ne faites rien, c'était un test et il n'a pas été compté.",
        "evidence": "Il n'y en a pas, car rien n'est arrivé.",
        "whom-to-tell": "Dites à la personne qui a demandé le test qu'il est arrivé.",
        "law-enforcement": "N'appelez personne, il n'y a pas eu d'incident.",
        "recovery": (
            "Il n'y a rien à réparer. Si le test est arrivé tard ou abîmé, prévenez ceux qui exploitent ce "
            "service."
        ),
    },
}
"""1 to 3 sentences and 300 characters a section at most; a whole class fits a sealed reply."""
