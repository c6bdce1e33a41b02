"""
Portuguese words of a machine's draft: what a warning is about, what to watch for, and what to do first.

Lowest floor, beside the names; `warp.drafting` puts the sentences together. Keys are RSIT types (class/type)
and classes; empty is all types. In the last two tables a type takes its class's words, and a class those of
all types, unless it stands there itself. No numbers of reports and no places.
"""

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "": "incidentes de segurança",
    "abusive-content": "conteúdo abusivo",
    "abusive-content/spam": "spam",
    "abusive-content/harmful-speech": "discurso de ódio ou assédio",
    "abusive-content/violence": "exploração sexual ou conteúdo violento",
    "malicious-code": "código malicioso",
    "malicious-code/infected-system": "sistemas infectados",
    "malicious-code/c2-server": "servidores de comando e controle (C2)",
    "malicious-code/malware-distribution": "distribuição de malware",
    "malicious-code/malware-configuration": "configurações de malware",
    "information-gathering": "coleta de informações",
    "information-gathering/scanner": "varreduras de rede",
    "information-gathering/sniffing": "captura de tráfego",
    "information-gathering/social-engineering": "engenharia social",
    "intrusion-attempts": "tentativas de intrusão",
    "intrusion-attempts/ids-alert": "tentativas de explorar vulnerabilidades conhecidas",
    "intrusion-attempts/brute-force": "tentativas repetidas de login",
    "intrusion-attempts/exploit": "ataques com exploits desconhecidos",
    "intrusions": "intrusões",
    "intrusions/privileged-account-compromise": "contas privilegiadas comprometidas",
    "intrusions/unprivileged-account-compromise": "contas de usuário comprometidas",
    "intrusions/application-compromise": "aplicações comprometidas",
    "intrusions/system-compromise": "sistemas comprometidos",
    "intrusions/burglary": "invasões de instalações físicas",
    "availability": "problemas de disponibilidade",
    "availability/dos": "ataques de negação de serviço",
    "availability/ddos": "ataques distribuídos de negação de serviço (DDoS)",
    "availability/misconfiguration": "falhas de serviço por configuração incorreta",
    "availability/sabotage": "sabotagem",
    "availability/outage": "interrupções de serviço",
    "information-content-security": "comprometimento de informações",
    "information-content-security/unauthorised-information-access": "acesso não autorizado a informações",
    "information-content-security/unauthorised-information-modification": (
        "modificações não autorizadas de informações"
    ),
    "information-content-security/data-loss": "perda de dados",
    "information-content-security/data-leak": "vazamentos de informações confidenciais",
    "fraud": "fraude",
    "fraud/unauthorised-use-of-resources": "uso não autorizado de recursos",
    "fraud/copyright": "violação de direitos autorais",
    "fraud/masquerade": "falsa identidade",
    "fraud/phishing": "phishing",
    "vulnerable": "vulnerabilidades",
    "vulnerable/weak-crypto": "serviços com criptografia fraca",
    "vulnerable/ddos-amplifier": "serviços que podem amplificar ataques DDoS",
    "vulnerable/potentially-unwanted-accessible": "serviços expostos à internet",
    "vulnerable/information-disclosure": "serviços que expõem informações",
    "vulnerable/vulnerable-system": "sistemas vulneráveis",
    "other": "outros incidentes",
    "other/other": "incidentes sem classificação",
    "other/undetermined": "incidentes de tipo indeterminado",
    "test": "testes",
    "test/test": "incidentes de teste",
}
"""What follows "notificações de"; every type and class has one."""

SENTENCES: Mapping[str, str] = {
    "rise-title": "Aumento incomum de notificações de {subject}",
    "threshold-title": "Atenção: notificações de {subject}",
    "week": "Na semana que começou em {monday} ({last})",
    "weeks": "Nas semanas de {first} (que começou em {monday}) a {last}",
    "rise": "{when}, equipes de resposta a incidentes notificaram mais {subject} do que o habitual.",
    "threshold": (
        "{when}, as notificações de {subject} feitas por equipes de resposta a incidentes chegaram ao nível "
        "em que este serviço alerta."
    ),
    "place": "Lugar: {place}.",
    "watch": "Preste atenção a: {what}.",
    "withheld": "As equipes notificam de forma anônima; para protegê-las, não se publicam números exatos.",
}
"""The draft's own sentences; braces stand for what is filled in."""

WATCH: Mapping[str, str] = {
    "": "alertas, falhas e solicitações fora do comum",
    "abusive-content": "mensagens e páginas que abusem dos seus serviços, do seu nome ou da sua equipe",
    "abusive-content/spam": "aumento repentino de spam, e caixas de correio ou servidores seus que o enviem",
    "abusive-content/violence": "queixas sobre esse tipo de material nos sites e redes que você opera",
    "malicious-code": (
        "anexos e downloads inesperados, software de segurança que para, arquivos que não abrem mais e "
        "conexões a endereços desconhecidos"
    ),
    "malicious-code/c2-server": "conexões periódicas a endereços desconhecidos, e processos estranhos",
    "malicious-code/malware-distribution": "downloads de endereços estranhos, e arquivos alheios no seu site",
    "information-gathering": "sondagens dos seus sistemas, e estranhos que perguntem pela sua equipe",
    "information-gathering/scanner": "sondagens de muitas portas ou máquinas a partir das mesmas origens",
    "information-gathering/sniffing": "avisos de certificado, mudanças em DNS ou rotas e aparelhos estranhos",
    "information-gathering/social-engineering": "ligações e mensagens que pressionem por dinheiro ou senhas",
    "intrusion-attempts": "tentativas de exploração nos registros de sistemas expostos, e as que deram certo",
    "intrusion-attempts/brute-force": "muitos logins com falha, e um bem-sucedido depois deles",
    "intrusions": (
        "logins em horários ou de lugares incomuns, contas ou tarefas novas, configurações alteradas e "
        "lacunas nos registros"
    ),
    "intrusions/burglary": "portas forçadas, equipamentos que sumiram e dispositivos de origem desconhecida",
    "availability": "serviços lentos ou fora do ar, e mudanças feitas antes de uma falha",
    "availability/dos": "serviços lentos, servidores esgotados e requisições feitas para esgotá-los",
    "availability/ddos": "tráfego repentino de muitas origens, enlaces saturados e exigências de dinheiro",
    "availability/sabotage": (
        "cabos cortados, equipamentos danificados e mudanças deliberadas em sistemas críticos"
    ),
    "information-content-security": (
        "acessos incomuns a arquivos e bancos de dados, grandes transferências de saída e dados seus "
        "oferecidos em outros lugares"
    ),
    "information-content-security/unauthorised-information-modification": (
        "páginas, registros ou dados de pagamento que mudaram sem razão conhecida"
    ),
    "information-content-security/data-loss": "discos com falha, arquivos perdidos e backups que falharam",
    "fraud": "pedidos de pagamento, de credenciais ou de mudança de dados bancários que ninguém solicitou",
    "fraud/unauthorised-use-of-resources": "carga, cobranças ou tráfego sem explicação, e contas estranhas",
    "fraud/copyright": "notificações de remoção, e material sem licença nos sistemas que você opera",
    "fraud/masquerade": "domínios, sites, perfis e mensagens novos que usem seu nome ou o de um parceiro",
    "fraud/phishing": "mensagens que peçam login, pagamento ou confirmação de dados, e cópias dos seus sites",
    "vulnerable": "sistemas seus expostos à internet sem atualizações ou sem configuração segura",
    "vulnerable/ddos-amplifier": (
        "serviços DNS, NTP, SNMP, SSDP ou memcached abertos, e tráfego de saída anômalo"
    ),
    "test": "este teste, para ver se chega às suas ferramentas",
}
"""What completes the sentence `watch`."""

_TELL = "Informe ao seu CSIRT nacional o que observar, com indicadores e horários."
_KEEP = "Guarde já os registros e outras evidências, antes que sejam sobrescritos; anote horários em UTC."

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "": (
        "Avise sua equipe de plantão sobre este alerta e confira se ela sabe a quem ligar.",
        "Confira se os registros de sistemas expostos, de e-mail e de logins são guardados e examinados.",
        "Instale as atualizações de segurança pendentes, primeiro nos sistemas expostos à internet.",
        "Confira se existe um backup recente fora da rede e se ele pode ser restaurado.",
        _TELL,
    ),
    "abusive-content": (
        "Se alguém corre perigo, ligue primeiro para a polícia.",
        "Anote o endereço, o remetente e o horário do material; não repasse o material em si.",
        "Peça a remoção ao contato de abuso da plataforma ou do provedor.",
        "Bloqueie os remetentes e os endereços nos seus próprios filtros.",
        "Diga à equipe e aos usuários onde denunciar esse material.",
    ),
    "abusive-content/spam": (
        "Procure caixas de correio ou servidores seus que enviem o spam e interrompa o envio.",
        "Troque as senhas das caixas de correio abusadas e encerre as sessões.",
        "Bloqueie os remetentes, links e anexos no seu filtro de e-mail.",
        "Denuncie, com os cabeçalhos completos, ao contato de abuso da rede de origem.",
        "Confira se SPF, DKIM e DMARC estão configurados nos seus domínios.",
    ),
    "abusive-content/violence": (
        "Não copie, encaminhe nem baixe o material: em muitos países possuí-lo é crime.",
        "Denuncie o endereço imediatamente à polícia ou ao canal nacional de denúncias.",
        "Se estiver em um sistema seu, corte o acesso público e preserve-o como a polícia indicar.",
        "Deixe que o menor número possível de pessoas o veja e ofereça apoio a elas.",
    ),
    "malicious-code": (
        "Desconecte os sistemas infectados de todas as redes, mas não os desligue.",
        "Guarde uma imagem da memória e uma cópia do disco antes de limpar ou reinstalar.",
        "Confira se os backups estão fora da rede, intactos e podem ser restaurados.",
        "Bloqueie os indicadores conhecidos (hashes, domínios, endereços) e procure-os nos registros.",
        _TELL,
    ),
    "malicious-code/c2-server": (
        "Bloqueie o tráfego de saída para os endereços e domínios desses servidores.",
        "Procure conexões anteriores nos registros de DNS, proxy e firewall; isole as máquinas de origem.",
        "Se o servidor for seu, isole-o sem desligá-lo e guarde uma imagem da memória e do disco.",
        "Notifique o contato de abuso do provedor de hospedagem do servidor e o seu CSIRT nacional.",
    ),
    "malicious-code/malware-distribution": (
        "Bloqueie os endereços e os hashes dos arquivos no proxy, no filtro de e-mail e nas máquinas.",
        "Procure nos registros os sistemas que baixaram os arquivos e isole-os.",
        "Denuncie os endereços ao provedor de hospedagem e ao registrador para que sejam removidos.",
        "Se o site for seu, tire os arquivos do ar, guarde uma cópia e descubra como chegaram lá.",
        _TELL,
    ),
    "information-gathering": (
        "Feche os serviços que não precisam ser acessíveis pela internet.",
        "Instale as atualizações de segurança pendentes nos que precisam.",
        "Lembre a equipe de não dar dados de pessoas, sistemas ou fornecedores sem conferir quem pergunta.",
        "Guarde os registros e procure tentativas de intrusão posteriores vindas das mesmas origens.",
        _TELL,
    ),
    "information-gathering/scanner": (
        "Compare o que as varreduras procuram com o que você expõe; atualize ou feche isso primeiro.",
        "Feche portas e serviços que não precisam ser acessíveis pela internet.",
        "Veja se um sistema varrido respondeu, deu acesso ou executou algo para as mesmas origens.",
        "Limite ou bloqueie as origens na borda da rede, sabendo que elas mudam depressa.",
        "Denuncie as origens persistentes ao contato de abuso da rede delas.",
    ),
    "information-gathering/sniffing": (
        "Encontre e isole o dispositivo, a rota ou a conta que captura o tráfego; guarde como evidência.",
        "Troque, de uma rede segura, todas as senhas e chaves que passaram sem criptografia por essa rede.",
        "Procure em DNS, rotas e certificados mudanças que ninguém da equipe fez.",
        "Desative logins e administração sem criptografia (Telnet, FTP, HTTP simples).",
        _TELL,
    ),
    "information-gathering/social-engineering": (
        "Avise já a equipe, primeiro o suporte e o financeiro, com um exemplo da abordagem.",
        "Confirme pedidos incomuns por um número conhecido, nunca pelo contato indicado no pedido.",
        "Pergunte quem respondeu; troque as credenciais entregues e suspenda os pagamentos no banco.",
        "Exija uma segunda pessoa para pagamentos, trocas de senha e novos dados bancários.",
        _TELL,
    ),
    "intrusion-attempts": (
        "Instale as atualizações dos produtos atacados nos sistemas expostos à internet.",
        "Onde não puder atualizar agora, tire o serviço da internet ou restrinja quem chega a ele.",
        "Veja se alguma tentativa deu certo: arquivos, contas, processos e conexões de saída novos.",
        "Bloqueie as origens e as assinaturas no firewall e na prevenção de intrusões.",
        _TELL,
    ),
    "intrusion-attempts/brute-force": (
        "Procure logins que deram certo após muitas falhas; encerre as sessões e troque as senhas.",
        "Exija autenticação multifator para acesso remoto, e-mail e administração.",
        "Limite as tentativas de login e permita administração remota só por VPN ou endereços conhecidos.",
        "Desative contas sem uso, padrão e compartilhadas.",
        "Denuncie as origens ao contato de abuso da rede delas.",
    ),
    "intrusion-attempts/exploit": (
        "Restrinja o serviço atacado a quem precisa dele ou tire-o da internet.",
        "Veja se algum ataque deu certo: arquivos, contas, processos e conexões de saída novos.",
        "Guarde requisições, amostras e registros; podem ser o único vestígio de uma falha desconhecida.",
        "Informe em sigilo o fabricante e o seu CSIRT nacional e peça uma solução de contorno.",
        "Instale a correção do fabricante assim que existir.",
    ),
    "intrusions": (
        "Isole da rede os sistemas afetados, mas não os desligue.",
        "Guarde a memória, o disco e os registros antes de mudar qualquer coisa.",
        "Troque credenciais e encerre sessões, primeiro as privilegiadas, a partir de uma máquina limpa.",
        "Procure outros sistemas acessados com as mesmas contas, e contas, tarefas e chaves novas.",
        _TELL,
    ),
    "intrusions/privileged-account-compromise": (
        "Desative a conta e encerre todas as suas sessões, tokens e chaves.",
        "Examine o que ela fez: contas novas, permissões, políticas, backups e ajustes de segurança.",
        "Troque, de uma máquina limpa, as outras credenciais privilegiadas que ela podia ler.",
        "Isole, sem desligar, os sistemas onde foi usada e guarde a memória e os registros.",
        _TELL,
    ),
    "intrusions/unprivileged-account-compromise": (
        "Troque a senha e encerre todas as sessões e tokens de aplicativos da conta.",
        "Remova encaminhamentos, acessos delegados e segundos fatores que o titular não configurou.",
        "Examine o que a conta leu e enviou, e onde fez login.",
        "Exija autenticação multifator e pergunte se a senha era usada em outro lugar.",
        "Avise quem recebeu mensagens da conta.",
    ),
    "intrusions/application-compromise": (
        "Restrinja o acesso à aplicação ou tire-a do ar, sem apagar nada.",
        "Copie os arquivos, o banco de dados e os registros da aplicação antes de repará-la.",
        "Procure web shells, administradores novos e arquivos alterados; compare com uma cópia confiável.",
        "Feche a brecha (atualização, configuração ou código) e restaure de uma cópia limpa.",
        "Troque as senhas, chaves e tokens que a aplicação guardava.",
    ),
    "intrusions/burglary": (
        "Chame a polícia e deixe o local intacto até que ela o tenha visto.",
        "Liste o que falta e procure dispositivos que tenham sido deixados.",
        "Bloqueie ou apague remotamente os aparelhos roubados e revogue seus certificados e contas.",
        "Troque as chaves, os códigos e as senhas que estavam ao alcance.",
        "Guarde as gravações das câmeras e os registros de acesso.",
    ),
    "availability": (
        "Descubra se é ataque ou falha: compare o tráfego, a carga e as mudanças recentes.",
        "Cuide primeiro dos serviços mais importantes e use capacidade de reserva onde houver.",
        "Informe os usuários por um canal que não dependa do serviço.",
        "Confira se os contatos de emergência do seu provedor estão corretos e atendem.",
        _KEEP,
    ),
    "availability/dos": (
        "Encontre a requisição ou o serviço que se esgota e limite ou desative só isso.",
        "Instale as atualizações dele e defina limites de frequência, tamanho e tempo.",
        "Bloqueie as origens na borda da rede.",
        "Guarde uma amostra do tráfego e os registros.",
        "Denuncie as origens ao contato de abuso da rede delas e ao seu CSIRT nacional.",
    ),
    "availability/ddos": (
        "Ligue para o provedor de internet ou de proteção contra DDoS e peça filtragem na rede dele.",
        "Guarde uma amostra do tráfego (endereços, portas, protocolos); dela se fazem os filtros.",
        "Limite o tráfego por frequência, protocolo e região e sirva páginas estáticas de cache ou CDN.",
        "Não pague; guarde toda mensagem que exija dinheiro.",
        "Vigie enquanto isso os outros sistemas: o ataque pode ser uma distração.",
    ),
    "availability/misconfiguration": (
        "Desfaça a última mudança ou restaure a última configuração que funcionava.",
        "Suspenda outras mudanças até que o serviço esteja estável.",
        "Procure prazos vencidos e erros em DNS, certificados, rotas e regras de firewall.",
        "Peça que uma segunda pessoa confira essas mudanças, com o caminho de volta preparado.",
    ),
    "availability/sabotage": (
        "Garanta que as pessoas estejam a salvo e depois chame a polícia.",
        "Passe para enlaces, energia e locais de reserva.",
        "Deixe os equipamentos danificados como estão até que as evidências sejam colhidas.",
        "Revogue acessos de contas e crachás sob suspeita e procure código malicioso deixado para trás.",
        "Avise o seu CSIRT nacional e os operadores que compartilham os mesmos enlaces ou locais.",
    ),
    "availability/outage": (
        "Pergunte a causa e a duração prevista aos seus fornecedores de energia, rede e nuvem.",
        "Acione o plano de continuidade: enlaces de reserva, geradores, outros locais.",
        "Desligue os sistemas em ordem antes que as baterias acabem.",
        "Informe os usuários por um canal que não dependa do serviço.",
        "Confira os dados e os backups depois da volta.",
    ),
    "information-content-security": (
        "Feche a porta de entrada: revogue as contas, chaves, links e compartilhamentos usados.",
        _KEEP,
        "Determine que dados foram alcançados e de quem são.",
        "Consulte já o jurídico e o encarregado de proteção de dados: os prazos de aviso são de horas.",
        _TELL,
    ),
    "information-content-security/unauthorised-information-modification": (
        "Restrinja a gravação nos dados e guarde a versão alterada como evidência.",
        "Compare com uma cópia confiável para encontrar todas as mudanças.",
        "Revogue as contas e feche a brecha por onde foram alterados.",
        "Restaure de uma cópia limpa anterior à mudança.",
        "Avise quem possa ter agido com base em dados falsos, primeiro nos pagamentos.",
    ),
    "information-content-security/data-loss": (
        "Pare de gravar nos discos e sistemas afetados, para que se possa recuperar mais.",
        "Desconecte os backups, confira-os e restaure primeiro em sistemas separados.",
        "Bloqueie ou apague remotamente os aparelhos perdidos e revogue suas contas.",
        "Descubra se foi falha, erro ou ataque antes de reconstruir.",
        "Pergunte ao jurídico e ao encarregado de proteção de dados se a perda deve ser comunicada.",
    ),
    "fraud": (
        "Ligue imediatamente para o banco para suspender ou reverter pagamentos.",
        "Troque as credenciais entregues e encerre as sessões.",
        "Avise a equipe, primeiro o financeiro; confirme por um número conhecido dados bancários novos.",
        "Guarde como evidência as mensagens com cabeçalhos completos, endereços e números de conta.",
        "Registre ocorrência na polícia e notifique o seu CSIRT nacional.",
    ),
    "fraud/unauthorised-use-of-resources": (
        "Pare os processos, instâncias ou contas que usam os recursos; guarde uma imagem e os registros.",
        "Revogue as chaves, tokens e senhas com que foram iniciados.",
        "Descubra como o acesso foi obtido e procure mais do que o uso que você viu.",
        "Defina limites e alertas de custo, carga e tráfego de saída.",
        "Avise o provedor de nuvem ou de hospedagem e conteste as cobranças.",
    ),
    "fraud/copyright": (
        "Confira se a notificação é autêntica antes de abrir seus links ou anexos.",
        "Corte o acesso ao material e registre o que estava onde.",
        "Descubra se foi posto por um usuário ou por um invasor.",
        "Responda no prazo que a lei dá; consulte o jurídico.",
    ),
    "fraud/masquerade": (
        "Denuncie o domínio, site ou perfil ao registrador, à hospedagem ou à plataforma para remoção.",
        "Guarde como evidência capturas de tela, cabeçalhos e dados de registro.",
        "Diga a clientes e parceiros quais domínios e números são seus.",
        "Confirme por um número conhecido mudanças de dados bancários e pedidos urgentes.",
        "Configure o DMARC para rejeitar nos seus domínios.",
    ),
    "fraud/phishing": (
        "Troque as credenciais de todos os que as digitaram e encerre as sessões.",
        "Denuncie o endereço ao provedor de hospedagem e ao registrador para que seja removido.",
        "Bloqueie o endereço e o remetente e remova a mensagem das caixas de correio.",
        "Avise a equipe e os usuários com uma imagem da mensagem e diga onde denunciá-la.",
        "Exija autenticação multifator, de preferência resistente a phishing (passkeys).",
    ),
    "vulnerable": (
        "Liste os seus sistemas expostos à internet, com versões e responsáveis.",
        "Instale neles primeiro as atualizações de segurança, começando pelo que já é explorado.",
        "Tire da internet, ou ponha atrás de uma VPN, o que não puder ser atualizado.",
        "Procure sinais de intrusão nos sistemas expostos: atualizar não expulsa um invasor.",
    ),
    "vulnerable/weak-crypto": (
        "Desative SSL, TLS 1.0 e 1.1 e cifras fracas.",
        "Substitua chaves e certificados fracos ou compartilhados e revogue os antigos.",
        "Troque as senhas que possam ter passado por essas conexões.",
        "Atualize o software onde não for possível uma configuração forte.",
    ),
    "vulnerable/ddos-amplifier": (
        "Restrinja o serviço (DNS, NTP, SNMP, SSDP, memcached) às suas próprias redes ou desative-o.",
        "Limite a frequência das respostas onde ele precisar continuar público.",
        "Filtre endereços de origem forjados na borda da rede (BCP 38).",
        "Teste de fora se o serviço deixou de responder.",
    ),
    "vulnerable/potentially-unwanted-accessible": (
        "Feche o serviço para a internet ou permita-o só por VPN ou endereços conhecidos.",
        "Troque as senhas padrão e exija autenticação multifator.",
        "Procure nos registros acessos de estranhos enquanto esteve aberto.",
        "Varra de fora, regularmente, as suas próprias faixas de endereços.",
    ),
    "vulnerable/information-disclosure": (
        "Corte o acesso público aos dados, ao diretório ou à interface.",
        "Examine os registros para saber quem os obteve.",
        "Substitua senhas, chaves e tokens que ficaram legíveis.",
        "Peça a buscadores e arquivos da web que removam suas cópias.",
        "Pergunte ao jurídico e ao encarregado de proteção de dados se isso deve ser comunicado.",
    ),
    "test": ("Não faça nada: isto é um teste.",),
}
"""Recommended first actions, most urgent first."""
