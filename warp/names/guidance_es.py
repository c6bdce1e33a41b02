"""
Spanish advice, in Latin American usage: what to do about an incident, in five sections for each class.

Lowest floor, beside the names; `warp.advice` chooses and sets the text. Keys are RSIT classes, and
`ransomware`, a tag that has its own text; inside, the sections of `warp.advice.Section`. No product names
and no country's law: readers are anywhere, and the texts go to people nobody knows.
"""

from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "first-hour": "Primera hora",
    "evidence": "Evidencia que conservar",
    "whom-to-tell": "A quién avisar",
    "law-enforcement": "Autoridades policiales",
    "recovery": "Cómo recuperarse",
}
"""What stands above each section."""

GUIDANCE: Mapping[str, Mapping[str, str]] = {
    "abusive-content": {
        "first-hour": (
            "Si alguien corre peligro, llame ya a la policía. Corte el acceso público al material en sus "
            "sistemas y detenga las cuentas que lo envían. Cambie las contraseñas de los buzones abusados y "
            "cierre sus sesiones."
        ),
        "evidence": (
            "Anote direcciones, remitentes, encabezados completos, horas en UTC y quién publicó. Si pudiera "
            "mostrar abuso sexual de menores, nunca lo copie ni lo reenvíe: anote solo la dirección y deje "
            "lo demás a la policía."
        ),
        "whom-to-tell": (
            "Avise al contacto de abuso de la plataforma o red de origen, y a su CSIRT nacional si hay un "
            "patrón. Si el ataque apunta a una persona, avísele y decidan juntos los pasos siguientes."
        ),
        "law-enforcement": (
            "Las amenazas, la extorsión y el material sexual con menores van de inmediato a la policía. Si "
            "está en un sistema suyo, pregúntele cómo preservarlo antes de borrar nada."
        ),
        "recovery": (
            "Quite de las cuentas abusadas las reglas de correo y las aplicaciones que nadie reconozca. "
            "Cuando el envío haya cesado, pida que lo retiren de las listas de bloqueo. Revise SPF, DKIM y "
            "DMARC."
        ),
    },
    "malicious-code": {
        "first-hour": (
            "Desconecte de todas las redes los equipos infectados, pero déjelos encendidos. Bloquee las "
            "direcciones, dominios y hashes que conozca, y busque en sus registros otros equipos que los "
            "hayan contactado. Verifique que los respaldos estén fuera de línea."
        ),
        "evidence": (
            "Copie primero la memoria y después el disco. Guarde una muestra en un archivo comprimido con "
            "contraseña, lo que la trajo, y los registros de DNS, proxy, firewall y correo. Anote quién hizo "
            "qué y cuándo, en UTC."
        ),
        "whom-to-tell": (
            "Avise a su gerencia y a su CSIRT nacional, y diga qué indicadores se pueden compartir. No suba "
            "muestras de un ataque dirigido a sitios públicos de análisis: los atacantes los vigilan y "
            "cualquiera puede descargarlas."
        ),
        "law-enforcement": (
            "Denúncielo a la unidad policial de ciberdelitos si se llevaron dinero o datos. Si hay un "
            "servidor de control en su red, aíslelo, haga una imagen y consulte a esa unidad antes de "
            "borrarlo. No entre en los sistemas del atacante."
        ),
        "recovery": (
            "Reinstale desde medios limpios; no basta con desinfectar. Cierre la vía de entrada y cambie, "
            "desde un equipo limpio, toda contraseña usada en los infectados. Reconecte por etapas y vigile "
            "un mes los indicadores conocidos."
        ),
    },
    "information-gathering": {
        "first-hour": (
            "Vea qué respondió: cierre lo que no deba estar abierto y actualice lo demás. Si alguien entregó "
            "una contraseña o un código, cámbielo ya y cierre sus sesiones. Si se captura tráfico, aísle el "
            "dispositivo o la cuenta que lo hace."
        ),
        "evidence": (
            "Guarde los registros de firewall, web, DNS y correo desde antes del primer sondeo, con origen, "
            "puerto y hora UTC. Conserve los mensajes con encabezados completos, y anote número, hora y "
            "palabras de cada llamada. Fotografíe un dispositivo desconocido antes de moverlo."
        ),
        "whom-to-tell": (
            "Prevenga a quienes puedan ser los próximos, empezando por mesa de ayuda y recepción: diga por "
            "quién se hace pasar quien llama. Informe los orígenes al contacto de abuso de su red, y el "
            "patrón a su CSIRT nacional."
        ),
        "law-enforcement": (
            "Un escaneo rara vez da lugar a un caso. Un dispositivo plantado, una línea intervenida o una "
            "amenaza, sí: llame a la unidad policial de ciberdelitos y toque el dispositivo lo menos "
            "posible."
        ),
        "recovery": (
            "Cambie, por una conexión segura, todo secreto que haya pasado sin cifrar por una red "
            "intervenida. Busque en DNS, rutas y certificados cambios que nadie hizo. Vigile de cerca unas "
            "semanas los sistemas sondeados."
        ),
    },
    "intrusion-attempts": {
        "first-hour": (
            "Averigüe si algún intento tuvo éxito: un acceso tras muchos fallos, archivos o procesos nuevos, "
            "tráfico saliente extraño. Si es así, trátelo como una intrusión. Si no, actualice o proteja el "
            "objetivo y limite los intentos de acceso."
        ),
        "evidence": (
            "Exporte los registros del objetivo, del firewall y de los accesos antes de que se sobrescriban. "
            "Guarde solicitudes o paquetes completos, no solo alertas: con ellos se hacen las reglas de "
            "detección. Anote las horas en UTC."
        ),
        "whom-to-tell": (
            "Avise a los responsables de los sistemas atacados, y a su CSIRT nacional con orígenes, horas y "
            "una muestra. Si la falla es desconocida, avise al fabricante en confianza y no publique "
            "detalles."
        ),
        "law-enforcement": (
            "Los intentos fallidos rara vez dan lugar a un caso. Denúncielos a la unidad policial de "
            "ciberdelitos si hubo amenazas, si usaron credenciales robadas o si apuntan a servicios de los "
            "que la gente depende."
        ),
        "recovery": (
            "Actualice el objetivo y todo lo que se le parezca. Exija autenticación multifactor, y cambie "
            "las contraseñas en uso que hayan probado. Escriba una regla de detección por cada técnica que "
            "vio."
        ),
    },
    "intrusions": {
        "first-hour": (
            "Hable por teléfono: el intruso puede estar leyendo su correo y su chat. Aísle los sistemas "
            "afectados sin apagarlos, desactive las cuentas usadas y cierre sus sesiones. Si entraron al "
            "edificio, no toque nada y llame a la policía."
        ),
        "evidence": (
            "Copie primero la memoria y después los discos; lleve a otro lugar los registros de accesos, "
            "VPN, correo y nube. Calcule el hash de cada copia y anote quién la guarda. Hasta entonces no "
            "limpie, actualice ni reinicie nada."
        ),
        "whom-to-tell": (
            "Despierte a quien pueda decidir sacar servicios de línea. Avise a su CSIRT nacional y a los "
            "socios conectados por un canal que el intruso no tenga. Si hay datos personales a su alcance, "
            "avise a su responsable de protección de datos: los plazos corren."
        ),
        "law-enforcement": (
            "Llame a la unidad policial de ciberdelitos antes de reconstruir y pregunte qué necesita. "
            "Entréguele su bitácora y los indicadores, y guarde el número de caso. No entre en los sistemas "
            "del atacante."
        ),
        "recovery": (
            "Busque toda vía de regreso: cuentas, claves, tareas, web shells, reglas de correo. Reconstruya "
            "desde medios limpios y cambie de una vez, desde un equipo limpio, todas las credenciales "
            "privilegiadas. Reconecte por etapas y siga vigilando."
        ),
    },
    "availability": {
        "first-hour": (
            "Decida rápido si es ataque o falla: revise el último cambio y compare el tráfico con un día "
            "normal. Si es un ataque, pida a su proveedor que filtre aguas arriba. Proteja primero lo que la "
            "gente más necesita."
        ),
        "evidence": (
            "Guarde una captura corta de tráfico, datos de flujo, gráficas de carga y la lista de cambios "
            "recientes. Conserve las exigencias de dinero con encabezados completos. Fotografíe los equipos "
            "dañados y déjelos como están."
        ),
        "whom-to-tell": (
            "Informe a los usuarios por un canal que no dependa del servicio, y diga cuándo volverá a "
            "informar. Avise a su proveedor y a su CSIRT nacional, y a su regulador si el servicio es "
            "esencial."
        ),
        "law-enforcement": (
            "Tras un sabotaje, ponga a salvo a la gente y deje el lugar intacto para la policía. Denuncie la "
            "extorsión a la unidad policial de ciberdelitos, con la exigencia y una muestra de tráfico. No "
            "pague: eso invita a la siguiente exigencia."
        ),
        "recovery": (
            "Recupere los servicios uno por uno y verifique los datos tras cada caída brusca. Revise sus "
            "demás sistemas: el ataque puede encubrir otro. Anote en su plan los filtros y contactos que "
            "funcionaron."
        ),
    },
    "information-content-security": {
        "first-hour": (
            "Cierre la salida: revoque las cuentas, claves, enlaces y recursos compartidos que se usaron. Si "
            "alteraron datos, detenga toda escritura en ellos; si se perdieron, deje de usar el disco. Luego "
            "liste qué datos son y de quién."
        ),
        "evidence": (
            "Guarde los registros de acceso, de bases de datos y de transferencias, y los datos alterados "
            "junto a una copia buena. Anote dónde aparecieron los datos filtrados: dirección, hora UTC y "
            "captura de pantalla. No los difunda."
        ),
        "whom-to-tell": (
            "Avise ya a sus responsables legal y de protección de datos: el plazo para notificar puede estar "
            "corriendo. Luego, a su autoridad de protección de datos, a su CSIRT nacional y a los afectados; "
            "dígales qué pueden hacer."
        ),
        "law-enforcement": (
            "Denuncie el robo o la extorsión a la unidad policial de ciberdelitos, con los mensajes y "
            "direcciones del atacante. No pague por recuperar los datos: siempre quedan copias."
        ),
        "recovery": (
            "Restaure una copia anterior al primer cambio, en sistemas aparte, y compare. Reemplace toda "
            "contraseña, clave y token que se pudo leer. Pida a proveedores y buscadores que retiren las "
            "copias, y vigile si aparecen otras."
        ),
    },
    "fraud": {
        "first-hour": (
            "Llame ya a su banco para detener o revertir el pago: es cuestión de horas. Cambie las "
            "credenciales entregadas, cierre sus sesiones y quite las reglas de correo desconocidas. Detenga "
            "lo que extraños ejecuten en sus sistemas."
        ),
        "evidence": (
            "Guarde los mensajes como archivos con encabezados completos, no solo como imágenes. Anote "
            "direcciones de páginas, números de cuenta, montos y horas de llamadas en UTC. Conserve los "
            "registros de acceso y de correo de cada cuenta involucrada."
        ),
        "whom-to-tell": (
            "Avise a finanzas y a sus socios por un número conocido: ningún dato bancario nuevo vale hasta "
            "confirmarlo de viva voz. Pida al proveedor de alojamiento y al registrador que retiren las "
            "páginas falsas, y avise a su CSIRT nacional."
        ),
        "law-enforcement": (
            "Denuncie el mismo día ante la unidad policial de ciberdelitos: los bancos suelen pedir el "
            "número de denuncia para congelar el dinero. Dé cuentas, montos y horas, y diga a qué país fue "
            "el dinero."
        ),
        "recovery": (
            "Confirme todo cambio de datos bancarios llamando a un número conocido, y que dos personas "
            "aprueben los pagos. Exija autenticación multifactor resistente al phishing. Configure DMARC "
            "para rechazar, y limite el gasto de las cuentas en la nube."
        ),
    },
    "vulnerable": {
        "first-hour": (
            "Ubique todos los sistemas afectados y a sus responsables. Sáquelos de internet, póngalos tras "
            "una VPN o aplique la mitigación del fabricante; no espere la actualización. Suponga que otros "
            "hallaron la falla antes: busque señales de intrusión."
        ),
        "evidence": (
            "Guarde los registros antes de actualizar, y una imagen de la memoria si alguien pudo entrar: "
            "actualizar borra rastros. Anote la versión, desde cuándo estuvo expuesta y cómo se enteró "
            "usted."
        ),
        "whom-to-tell": (
            "Diga al responsable del sistema, en palabras sencillas, qué cerrar y para cuándo. Reporte una "
            "falla no publicada al fabricante o a su CSIRT nacional, en confianza, y acuerden una fecha. Si "
            "se pudieron leer datos personales, avise a su responsable de protección de datos."
        ),
        "law-enforcement": (
            "Una falla por sí sola no es asunto policial. Si alguien la usó, conserve los rastros y llame a "
            "la unidad policial de ciberdelitos. Trate como aliado a quien la reporta de buena fe."
        ),
        "recovery": (
            "Actualice y compruebe desde afuera que la falla quedó cerrada. Reemplace las contraseñas, "
            "claves y certificados que pudo exponer. Mantenga una lista de lo que expone, con responsables, "
            "y escanee con regularidad sus propias direcciones."
        ),
    },
    "other": {
        "first-hour": (
            "Anote lo que sabe, lo que supone y lo que no sabe. Detenga lo que se propaga: aísle, no apague. "
            "Nombre a una persona que decida y a otra que lleve la bitácora."
        ),
        "evidence": (
            "Guarde los registros antes de que se sobrescriban, la memoria antes que los discos, y lo "
            "primero que le llamó la atención, por pequeño que sea. Anote quién lo vio y cuándo, en UTC. "
            "Cambie lo menos posible hasta tener copias."
        ),
        "whom-to-tell": (
            "Avise pronto a su gerencia y a su CSIRT nacional, aunque no esté seguro: una falsa alarma "
            "cuesta menos que una tardía. Use un canal que no dependa de los sistemas afectados."
        ),
        "law-enforcement": (
            "Si hay personas en peligro, llame ya a la policía. Si el incidente afectó dinero, datos o "
            "instalaciones, pregunte a la unidad policial de ciberdelitos si conviene denunciar y qué "
            "preservar."
        ),
        "recovery": (
            "Averigüe cómo empezó antes de reconstruir; si no, reconstruirá la brecha. Restaure desde copias "
            "limpias, primero lo que la gente más necesita. Después escriba qué pasó y qué lo habría "
            "mostrado antes."
        ),
    },
    "ransomware": {
        "first-hour": (
            "Desconecte de toda red, también inalámbrica, los equipos afectados y déjelos encendidos; apague "
            "solo los que no pueda desconectar. Separe los respaldos y el almacenamiento aún intactos. "
            "Desactive las cuentas con que se propaga."
        ),
        "evidence": (
            "Guarde la nota de rescate, algunos archivos cifrados y el programa. Copie la memoria de dos o "
            "tres equipos: la clave puede estar ahí. Conserve los registros de accesos, VPN y firewall de "
            "las semanas previas."
        ),
        "whom-to-tell": (
            "Avise ya a su gerencia y a su CSIRT nacional: pueden conocer al grupo o un descifrador "
            "gratuito. Suponga que copiaron datos, y avise a su responsable de protección de datos. Llame "
            "por teléfono a los socios conectados con usted."
        ),
        "law-enforcement": (
            "Llame a la unidad policial de ciberdelitos antes de que alguien responda a los criminales: "
            "puede tener claves. Que nadie negocie por su cuenta. Pagar no asegura ni la clave ni el "
            "silencio, y puede ser ilegal."
        ),
        "recovery": (
            "Primero cierre la vía de entrada. Reconstruya desde medios limpios los servidores que "
            "administran cuentas, cambie todas las contraseñas y restaure respaldos previos a la intrusión, "
            "revisados sin conexión. Guarde los discos cifrados: la clave puede aparecer después."
        ),
    },
    "test": {
        "first-hour": "No haga nada: esto fue una prueba y no se contó.",
        "evidence": "No hay ninguna: no pasó nada.",
        "whom-to-tell": "Diga a quien pidió la prueba que llegó.",
        "law-enforcement": "No llame a nadie: no hubo incidente.",
        "recovery": "No hay nada que reparar. Si llegó tarde o dañada, avise a quien opera este servicio.",
    },
}
"""1 to 3 sentences and 300 characters a section at most; a whole class fits a sealed reply."""
