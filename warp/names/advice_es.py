"""
Spanish words of a machine's draft, in the words that Latin American teams use.

Lowest floor, beside the names; the keys and their meaning are those of `advice_en`. Readers are addressed as
"usted".
"""

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "": "incidentes de seguridad",
    "abusive-content": "contenido abusivo",
    "abusive-content/spam": "spam",
    "abusive-content/harmful-speech": "discurso de odio o acoso",
    "abusive-content/violence": "explotación sexual o contenido violento",
    "malicious-code": "código malicioso",
    "malicious-code/infected-system": "sistemas infectados",
    "malicious-code/c2-server": "servidores de comando y control (C2)",
    "malicious-code/malware-distribution": "distribución de malware",
    "malicious-code/malware-configuration": "configuraciones de malware",
    "information-gathering": "recopilación de información",
    "information-gathering/scanner": "escaneo de redes",
    "information-gathering/sniffing": "captura de tráfico",
    "information-gathering/social-engineering": "ingeniería social",
    "intrusion-attempts": "intentos de intrusión",
    "intrusion-attempts/ids-alert": "intentos de explotar vulnerabilidades conocidas",
    "intrusion-attempts/brute-force": "intentos repetidos de inicio de sesión",
    "intrusion-attempts/exploit": "ataques con exploits desconocidos",
    "intrusions": "intrusiones",
    "intrusions/privileged-account-compromise": "cuentas con privilegios comprometidas",
    "intrusions/unprivileged-account-compromise": "cuentas de usuario comprometidas",
    "intrusions/application-compromise": "aplicaciones comprometidas",
    "intrusions/system-compromise": "sistemas comprometidos",
    "intrusions/burglary": "intrusiones físicas",
    "availability": "problemas de disponibilidad",
    "availability/dos": "ataques de denegación de servicio (DoS)",
    "availability/ddos": "ataques de denegación de servicio distribuida (DDoS)",
    "availability/misconfiguration": "fallas de servicio por configuración incorrecta",
    "availability/sabotage": "sabotaje",
    "availability/outage": "interrupciones del servicio",
    "information-content-security": "información comprometida",
    "information-content-security/unauthorised-information-access": "acceso no autorizado a información",
    "information-content-security/unauthorised-information-modification": (
        "modificación no autorizada de información"
    ),
    "information-content-security/data-loss": "pérdida de datos",
    "information-content-security/data-leak": "fugas de información confidencial",
    "fraud": "fraude",
    "fraud/unauthorised-use-of-resources": "uso no autorizado de recursos",
    "fraud/copyright": "infracciones de derechos de autor",
    "fraud/masquerade": "suplantación de identidad",
    "fraud/phishing": "phishing",
    "vulnerable": "vulnerabilidades",
    "vulnerable/weak-crypto": "servicios con criptografía débil",
    "vulnerable/ddos-amplifier": "servicios que pueden amplificar ataques DDoS",
    "vulnerable/potentially-unwanted-accessible": "servicios expuestos a internet",
    "vulnerable/information-disclosure": "servicios que revelan información",
    "vulnerable/vulnerable-system": "sistemas vulnerables",
    "other": "otros incidentes",
    "other/other": "incidentes sin clasificar",
    "other/undetermined": "incidentes de tipo indeterminado",
    "test": "pruebas",
    "test/test": "incidentes de prueba",
}
"""What follows "reportes de"; every type and class has one."""

SENTENCES: Mapping[str, str] = {
    "rise-title": "Aumento inusual de reportes de {subject}",
    "threshold-title": "Atención: reportes de {subject}",
    "week": "En la semana que comenzó el {monday} ({last})",
    "weeks": "En las semanas de la {first} (que comenzó el {monday}) a la {last}",
    "rise": "{when}, equipos de respuesta a incidentes reportaron más {subject} de lo habitual.",
    "threshold": (
        "{when}, los reportes de {subject} de equipos de respuesta a incidentes llegaron al nivel en que "
        "este servicio alerta."
    ),
    "place": "Lugar: {place}.",
    "watch": "Preste atención a: {what}.",
    "withheld": "Los equipos reportan de forma anónima; para protegerlos, no se publican números exactos.",
}
"""The draft's own sentences; braces stand for what is filled in."""

WATCH: Mapping[str, str] = {
    "": "alertas, fallas y solicitudes fuera de lo común",
    "abusive-content": "mensajes y páginas que abusen de sus servicios, de su nombre o de su gente",
    "abusive-content/spam": "mucho correo no deseado de repente, y buzones o servidores suyos que lo envíen",
    "abusive-content/violence": "quejas por este tipo de material en los sitios y las redes que usted opera",
    "malicious-code": (
        "adjuntos y descargas inesperados, software de seguridad que se detiene, archivos que ya no se abren "
        "y conexiones a direcciones desconocidas"
    ),
    "malicious-code/c2-server": "conexiones periódicas a direcciones desconocidas, y procesos extraños",
    "malicious-code/malware-distribution": "descargas de direcciones extrañas, y archivos ajenos en su sitio",
    "information-gathering": "sondeos de sus sistemas, y extraños que pregunten por su personal",
    "information-gathering/scanner": "sondeos de muchos puertos o equipos desde los mismos orígenes",
    "information-gathering/sniffing": "avisos de certificados, cambios en DNS o rutas, y equipos extraños",
    "information-gathering/social-engineering": "llamadas y mensajes que presionen por dinero o claves",
    "intrusion-attempts": "intentos de explotación en registros de sistemas expuestos, y los logrados",
    "intrusion-attempts/brute-force": "muchos inicios de sesión fallidos, y uno exitoso después de ellos",
    "intrusions": (
        "inicios de sesión a horas o desde lugares inusuales, cuentas o tareas nuevas, configuraciones "
        "cambiadas y huecos en los registros"
    ),
    "intrusions/burglary": "puertas forzadas, equipos faltantes y dispositivos de origen desconocido",
    "availability": "servicios lentos o caídos, y cambios que precedieron a una falla",
    "availability/dos": "servicios lentos, servidores agotados y solicitudes hechas para agotarlos",
    "availability/ddos": "tráfico repentino de muchos orígenes, enlaces saturados y exigencias de dinero",
    "availability/sabotage": "cables cortados, equipos dañados y cambios deliberados en sistemas críticos",
    "information-content-security": (
        "accesos inusuales a archivos y bases de datos, grandes transferencias salientes y datos suyos "
        "ofrecidos en otros lugares"
    ),
    "information-content-security/unauthorised-information-modification": (
        "páginas, registros o datos de pago que hayan cambiado sin una razón conocida"
    ),
    "information-content-security/data-loss": "archivos o equipos perdidos y respaldos fallidos",
    "fraud": "solicitudes de pago, de credenciales o de cambio de datos bancarios que nadie pidió",
    "fraud/unauthorised-use-of-resources": "carga, cargos o tráfico sin explicación, y cuentas desconocidas",
    "fraud/copyright": "avisos de retiro, y material sin licencia en los sistemas que usted opera",
    "fraud/masquerade": "dominios, sitios, perfiles y mensajes nuevos que usen su nombre o el de un socio",
    "fraud/phishing": "mensajes que pidan iniciar sesión, pagar o confirmar datos, y copias de sus sitios",
    "vulnerable": "sistemas suyos expuestos a internet sin actualizar o mal configurados",
    "vulnerable/ddos-amplifier": "servicios DNS, NTP, SNMP, SSDP o memcached abiertos, y tráfico anómalo",
    "test": "esta prueba, para ver si llega a sus herramientas",
}
"""What completes the sentence `watch`."""

_TELL = "Informe a su CSIRT nacional de lo que observe, con indicadores y horas."
_KEEP = "Conserve ya los registros y demás evidencia, antes de que se sobrescriban; anote las horas en UTC."

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "": (
        "Avise de esta alerta a su personal de guardia, y verifique que sepa a quién llamar.",
        "Verifique que se guarden y se revisen los registros de sistemas expuestos, de correo y de acceso.",
        "Instale las actualizaciones de seguridad pendientes, primero en los sistemas expuestos a internet.",
        "Verifique que exista un respaldo reciente fuera de línea y que se pueda restaurar.",
        _TELL,
    ),
    "abusive-content": (
        "Si alguien corre peligro, llame primero a la policía.",
        "Anote la dirección, el remitente y la hora del material; no difunda el material mismo.",
        "Pida su retiro al contacto de abuso de la plataforma o del proveedor.",
        "Bloquee a los remitentes y las direcciones en sus propios filtros.",
        "Indique al personal y a los usuarios dónde reportar ese material.",
    ),
    "abusive-content/spam": (
        "Busque buzones o servidores propios que envíen el spam, y deténgalos.",
        "Cambie las contraseñas de los buzones abusados y cierre sus sesiones.",
        "Bloquee los remitentes, enlaces y adjuntos en su filtro de correo.",
        "Repórtelo, con los encabezados completos, al contacto de abuso de la red de origen.",
        "Verifique que SPF, DKIM y DMARC estén configurados en sus dominios.",
    ),
    "abusive-content/violence": (
        "No copie, reenvíe ni descargue el material: en muchos países poseerlo es delito.",
        "Reporte de inmediato su dirección a la policía o a la línea nacional de denuncia.",
        "Si está en un sistema suyo, corte el acceso público y preserve el sistema como indique la policía.",
        "Procure que lo vean las menos personas posibles, y ofrézcales apoyo.",
    ),
    "malicious-code": (
        "Desconecte los sistemas infectados de todas las redes, pero no los apague.",
        "Guarde una imagen de la memoria y una copia del disco antes de limpiar o reinstalar.",
        "Verifique que los respaldos estén fuera de línea, intactos y se puedan restaurar.",
        "Bloquee los indicadores conocidos (hashes, dominios, direcciones) y búsquelos en sus registros.",
        _TELL,
    ),
    "malicious-code/c2-server": (
        "Bloquee el tráfico saliente hacia las direcciones y los dominios de esos servidores.",
        "Busque conexiones anteriores en registros de DNS, proxy y firewall; aísle los equipos de origen.",
        "Si el servidor es suyo, aíslelo sin apagarlo, y guarde una imagen de la memoria y del disco.",
        "Reporte el servidor al contacto de abuso de su proveedor de alojamiento y a su CSIRT nacional.",
    ),
    "malicious-code/malware-distribution": (
        "Bloquee las direcciones y los hashes de los archivos en el proxy, el correo y los equipos.",
        "Busque en sus registros los sistemas que descargaron los archivos, y aíslelos.",
        "Reporte las direcciones al proveedor de alojamiento y al registrador para que las retiren.",
        "Si el sitio es suyo, retire los archivos, guarde una copia y averigüe cómo llegaron allí.",
        _TELL,
    ),
    "information-gathering": (
        "Cierre los servicios que no necesiten ser accesibles desde internet.",
        "Instale las actualizaciones de seguridad pendientes en los que sí deban serlo.",
        "Recuerde al personal no dar datos de personas, sistemas o proveedores sin verificar quién pregunta.",
        "Conserve los registros, y busque intentos de intrusión posteriores desde los mismos orígenes.",
        _TELL,
    ),
    "information-gathering/scanner": (
        "Compare lo que buscan los escaneos con lo que usted expone; actualícelo o ciérrelo primero.",
        "Cierre los puertos y servicios que no necesiten ser accesibles desde internet.",
        "Verifique si un sistema escaneado respondió, dio acceso o ejecutó algo para los mismos orígenes.",
        "Limite o bloquee los orígenes en el perímetro, sabiendo que cambian con rapidez.",
        "Reporte los orígenes persistentes al contacto de abuso de su red.",
    ),
    "information-gathering/sniffing": (
        "Ubique y aísle el dispositivo, ruta o cuenta que captura el tráfico; consérvelo como evidencia.",
        "Cambie, desde una red segura, las contraseñas y claves que pasaron sin cifrar por esa red.",
        "Revise si hay cambios en DNS, rutas y certificados que nadie allí haya hecho.",
        "Desactive los accesos y la administración sin cifrado (Telnet, FTP, HTTP).",
        _TELL,
    ),
    "information-gathering/social-engineering": (
        "Avise ya al personal, primero a la mesa de ayuda y a finanzas, con un ejemplo del engaño.",
        "Confirme las solicitudes inusuales por un número ya conocido, nunca por el que traiga la solicitud.",
        "Pregunte quién respondió; cambie las credenciales entregadas y detenga los pagos en el banco.",
        "Exija una segunda persona para pagos, cambios de contraseña y nuevos datos bancarios.",
        _TELL,
    ),
    "intrusion-attempts": (
        "Instale las actualizaciones de los productos atacados en los sistemas expuestos a internet.",
        "Donde no se pueda actualizar ya, retire el servicio de internet o restrinja quién llega a él.",
        "Verifique si algún intento tuvo éxito: archivos, cuentas, procesos y conexiones salientes nuevos.",
        "Bloquee los orígenes y las firmas en el firewall y en la prevención de intrusiones.",
        _TELL,
    ),
    "intrusion-attempts/brute-force": (
        "Busque accesos exitosos tras muchos fallidos; cierre esas sesiones y cambie sus contraseñas.",
        "Exija autenticación multifactor para el acceso remoto, el correo y la administración.",
        "Limite los intentos, y permita la administración remota solo por VPN o desde direcciones conocidas.",
        "Desactive las cuentas sin uso, predeterminadas y compartidas.",
        "Reporte los orígenes al contacto de abuso de su red.",
    ),
    "intrusion-attempts/exploit": (
        "Restrinja el servicio atacado a quienes lo necesiten, o retírelo de internet.",
        "Verifique si algún ataque tuvo éxito: archivos, cuentas, procesos y conexiones salientes nuevos.",
        "Conserve solicitudes, muestras y registros; pueden ser la única huella de una falla desconocida.",
        "Informe en confianza al fabricante y a su CSIRT nacional, y pida una solución provisional.",
        "Instale la corrección del fabricante en cuanto exista.",
    ),
    "intrusions": (
        "Aísle de la red los sistemas afectados, pero no los apague.",
        "Guarde la memoria, el disco y los registros antes de cambiar algo.",
        "Cambie credenciales y cierre sesiones, primero las privilegiadas, desde un equipo limpio.",
        "Busque otros sistemas alcanzados con las mismas cuentas, y cuentas, tareas y claves nuevas.",
        _TELL,
    ),
    "intrusions/privileged-account-compromise": (
        "Desactive la cuenta y cierre todas sus sesiones, tokens y claves.",
        "Revise lo que hizo: cuentas nuevas, permisos, políticas, respaldos y configuración de seguridad.",
        "Cambie, desde un equipo limpio, las demás credenciales privilegiadas que pudo leer.",
        "Aísle sin apagarlos los sistemas donde se usó, y guarde la memoria y los registros.",
        _TELL,
    ),
    "intrusions/unprivileged-account-compromise": (
        "Cambie la contraseña, y cierre todas las sesiones y tokens de aplicaciones de la cuenta.",
        "Elimine los reenvíos, accesos delegados y segundos factores que no haya puesto su titular.",
        "Revise qué leyó y envió la cuenta, y dónde inició sesión.",
        "Exija autenticación multifactor, y pregunte si la contraseña se usaba en otro lugar.",
        "Avise a quienes recibieron mensajes de la cuenta.",
    ),
    "intrusions/application-compromise": (
        "Restrinja el acceso a la aplicación o retírela de línea, sin borrar nada.",
        "Copie los archivos, la base de datos y los registros antes de repararla.",
        "Busque web shells, administradores nuevos y archivos cambiados; compare con una copia confiable.",
        "Cierre la falla (actualización, configuración o código) y restaure desde una copia limpia.",
        "Cambie las contraseñas, claves y tokens que tenía la aplicación.",
    ),
    "intrusions/burglary": (
        "Llame a la policía, y deje el lugar intacto hasta que lo haya visto.",
        "Anote lo que falta, y busque dispositivos que hayan dejado.",
        "Bloquee o borre a distancia los equipos robados, y revoque sus certificados y cuentas.",
        "Cambie las llaves, claves y contraseñas que estaban al alcance.",
        "Conserve las grabaciones de cámaras y los registros de acceso.",
    ),
    "availability": (
        "Averigüe si es un ataque o una falla: compare el tráfico, la carga y los cambios recientes.",
        "Atienda primero los servicios más importantes, y use capacidad de reserva donde la haya.",
        "Informe a sus usuarios por un canal que no dependa del servicio.",
        "Verifique que los contactos de emergencia de su proveedor estén al día y respondan.",
        _KEEP,
    ),
    "availability/dos": (
        "Encuentre la solicitud o el servicio que se agota, y limite o desactive solo eso.",
        "Instale sus actualizaciones, y fije límites de frecuencia, tamaño y tiempo.",
        "Bloquee los orígenes en el perímetro.",
        "Guarde una muestra del tráfico y los registros.",
        "Reporte los orígenes al contacto de abuso de su red y a su CSIRT nacional.",
    ),
    "availability/ddos": (
        "Llame a su proveedor de internet o de protección contra DDoS, y pida filtrado en su red.",
        "Guarde una muestra del tráfico (direcciones, puertos, protocolos); con ella se hacen los filtros.",
        "Limite el tráfico por frecuencia, protocolo y región, y sirva páginas estáticas desde caché o CDN.",
        "No pague; conserve todo mensaje que exija dinero.",
        "Vigile mientras tanto sus otros sistemas: el ataque puede ser una distracción.",
    ),
    "availability/misconfiguration": (
        "Deshaga el último cambio, o restaure la última configuración que funcionaba.",
        "Detenga otros cambios hasta que el servicio sea estable.",
        "Revise vencimientos y errores en DNS, certificados, rutas y reglas de firewall.",
        "Haga que una segunda persona revise estos cambios, con la vuelta atrás preparada.",
    ),
    "availability/sabotage": (
        "Verifique que las personas estén a salvo, y luego llame a la policía.",
        "Pase a enlaces, energía y sitios de reserva.",
        "Deje los equipos dañados como están hasta que se tome la evidencia.",
        "Revoque los accesos de cuentas y credenciales bajo sospecha, y busque código malicioso oculto.",
        "Informe a su CSIRT nacional y a los operadores que comparten los mismos enlaces o sitios.",
    ),
    "availability/outage": (
        "Pregunte la causa y la duración prevista a sus proveedores de energía, red y nube.",
        "Active su plan de continuidad: enlaces de reserva, generadores, otros sitios.",
        "Apague los sistemas en orden antes de que se agoten las baterías.",
        "Informe a sus usuarios por un canal que no dependa del servicio.",
        "Verifique los datos y los respaldos después del reinicio.",
    ),
    "information-content-security": (
        "Cierre la vía de entrada: revoque las cuentas, claves, enlaces y recursos compartidos usados.",
        _KEEP,
        "Determine qué datos quedaron al alcance y de quién son.",
        "Consulte ya a sus responsables legales y de protección de datos: los plazos de aviso son de horas.",
        _TELL,
    ),
    "information-content-security/unauthorised-information-modification": (
        "Restrinja la escritura de los datos, y conserve la versión modificada como evidencia.",
        "Compare con una copia confiable para encontrar todos los cambios.",
        "Revoque las cuentas y cierre la falla por la que se modificaron.",
        "Restaure desde una copia limpia anterior al cambio.",
        "Avise a quienes puedan haber actuado con datos falsos, primero en pagos.",
    ),
    "information-content-security/data-loss": (
        "Deje de escribir en los discos y sistemas afectados, para poder recuperar más.",
        "Desconecte los respaldos, revíselos y restaure primero en sistemas separados.",
        "Bloquee o borre a distancia los dispositivos perdidos, y revoque sus cuentas.",
        "Averigüe si fue una falla, un error o un ataque antes de reconstruir.",
        "Consulte a sus responsables legales y de protección de datos si hay que notificar la pérdida.",
    ),
    "fraud": (
        "Llame de inmediato a su banco para detener o revertir los pagos.",
        "Cambie las credenciales entregadas y cierre sus sesiones.",
        "Avise al personal, primero a finanzas; confirme por un número conocido los datos bancarios nuevos.",
        "Conserve como evidencia los mensajes con encabezados completos, direcciones y números de cuenta.",
        "Denúncielo a la policía y repórtelo a su CSIRT nacional.",
    ),
    "fraud/unauthorised-use-of-resources": (
        "Detenga los procesos, instancias o cuentas que los usan; guarde una imagen y los registros.",
        "Revoque las claves, tokens y contraseñas con que se iniciaron.",
        "Averigüe cómo se obtuvo el acceso, y busque más que el uso que observó.",
        "Fije límites y alertas de costo, carga y tráfico saliente.",
        "Informe a su proveedor de nube o alojamiento, y objete los cargos.",
    ),
    "fraud/copyright": (
        "Verifique que el aviso sea auténtico antes de abrir sus enlaces o adjuntos.",
        "Corte el acceso al material, y deje constancia de qué estaba y dónde.",
        "Averigüe si lo puso un usuario o un intruso.",
        "Responda en el plazo que fija la ley; consulte a su responsable legal.",
    ),
    "fraud/masquerade": (
        "Reporte el dominio, sitio o perfil al registrador, alojamiento o plataforma para su retiro.",
        "Conserve como evidencia capturas de pantalla, encabezados y datos de registro.",
        "Informe a clientes y socios cuáles dominios y números son suyos.",
        "Confirme por un número ya conocido los cambios de datos bancarios y las solicitudes urgentes.",
        "Configure DMARC en rechazo para sus dominios.",
    ),
    "fraud/phishing": (
        "Cambie las credenciales de quienes las ingresaron, y cierre sus sesiones.",
        "Reporte la dirección al proveedor de alojamiento y al registrador para su retiro.",
        "Bloquee la dirección y el remitente, y retire el mensaje de los buzones.",
        "Avise al personal y a los usuarios con una imagen del mensaje, e indique dónde reportarlo.",
        "Exija autenticación multifactor, de preferencia resistente al phishing (passkeys).",
    ),
    "vulnerable": (
        "Haga una lista de sus sistemas expuestos a internet, con versiones y responsables.",
        "Instale allí primero las actualizaciones, comenzando por lo que ya se explota.",
        "Retire de internet, o ponga detrás de una VPN, lo que no se pueda actualizar.",
        "Busque señales de intrusión en los sistemas expuestos: actualizar no expulsa a un intruso.",
    ),
    "vulnerable/weak-crypto": (
        "Desactive SSL, TLS 1.0 y 1.1, y los cifrados débiles.",
        "Reemplace las claves y los certificados débiles o compartidos, y revoque los anteriores.",
        "Cambie las contraseñas que hayan pasado por esas conexiones.",
        "Actualice el software donde no sea posible una configuración fuerte.",
    ),
    "vulnerable/ddos-amplifier": (
        "Restrinja el servicio (DNS, NTP, SNMP, SSDP, memcached) a sus propias redes, o desactívelo.",
        "Limite la frecuencia de las respuestas donde deba seguir siendo público.",
        "Filtre las direcciones de origen falsas en su perímetro (BCP 38).",
        "Compruebe desde afuera que el servicio ya no responde.",
    ),
    "vulnerable/potentially-unwanted-accessible": (
        "Cierre el servicio a internet, o permítalo solo por VPN o desde direcciones conocidas.",
        "Cambie las contraseñas predeterminadas, y exija autenticación multifactor.",
        "Revise en sus registros si hubo accesos de extraños mientras estuvo abierto.",
        "Escanee con regularidad sus propios rangos de direcciones desde afuera.",
    ),
    "vulnerable/information-disclosure": (
        "Corte el acceso público a los datos, al directorio o a la interfaz.",
        "Revise los registros para saber quién los obtuvo.",
        "Reemplace las contraseñas, claves y tokens que quedaron a la vista.",
        "Pida a buscadores y archivos web que retiren sus copias.",
        "Consulte a sus responsables legales y de protección de datos si hay que notificarlo.",
    ),
    "test": ("No haga nada: es una prueba.",),
}
"""Recommended first actions, most urgent first."""
