"""
Portuguese advice, in Brazilian usage: what to do about an incident, in five sections for each class.

Lowest floor, beside the names; `warp.advice` chooses and sets the text. Keys are RSIT classes, and
`ransomware`, a tag that has its own text; inside, the sections of `warp.advice.Section`. No product names
and no country's law: readers are anywhere, and the texts go to people nobody knows.
"""

from collections.abc import Mapping

HEADINGS: Mapping[str, str] = {
    "first-hour": "Primeira hora",
    "evidence": "Evidências a preservar",
    "whom-to-tell": "Quem avisar",
    "law-enforcement": "Autoridades policiais",
    "recovery": "Como se recuperar",
}
"""What stands above each section."""

GUIDANCE: Mapping[str, Mapping[str, str]] = {
    "abusive-content": {
        "first-hour": (
            "Se alguém corre perigo, ligue já para a polícia. Corte o acesso público ao material nos seus "
            "sistemas e bloqueie as contas que o enviam. Troque as senhas das caixas de correio abusadas e "
            "encerre as sessões."
        ),
        "evidence": (
            "Anote endereços, remetentes, cabeçalhos completos, horários em UTC e quem publicou. Se houver "
            "suspeita de abuso sexual de crianças ou adolescentes, nunca copie nem encaminhe: anote só o "
            "endereço e deixe o resto com a polícia."
        ),
        "whom-to-tell": (
            "Avise o contato de abuso da plataforma ou rede de origem e, se houver um padrão, o seu CSIRT "
            "nacional. Se o alvo for uma pessoa, avise-a e decidam juntos os próximos passos."
        ),
        "law-enforcement": (
            "Ameaças, extorsão e material sexual com crianças ou adolescentes vão na hora para a polícia. Se "
            "estiver em um sistema seu, pergunte a ela como preservá-lo antes de apagar qualquer coisa."
        ),
        "recovery": (
            "Remova das contas abusadas as regras de e-mail e os aplicativos que ninguém reconhece. Quando o "
            "envio tiver parado, peça a saída das listas de bloqueio. Confira SPF, DKIM e DMARC."
        ),
    },
    "malicious-code": {
        "first-hour": (
            "Tire as máquinas infectadas de todas as redes, mas deixe-as ligadas. Bloqueie os endereços, "
            "domínios e hashes conhecidos e procure nos registros outras máquinas que os contataram. Confira "
            "se os backups estão desconectados."
        ),
        "evidence": (
            "Copie primeiro a memória, depois o disco. Guarde uma amostra em arquivo compactado com senha, o "
            "que a trouxe e os registros de DNS, proxy, firewall e e-mail. Anote quem fez o quê e quando, em "
            "UTC."
        ),
        "whom-to-tell": (
            "Avise a diretoria e o seu CSIRT nacional, e diga quais indicadores podem ser compartilhados. "
            "Não envie amostras de um ataque direcionado a sites públicos de análise: os atacantes os vigiam "
            "e qualquer um pode baixá-las."
        ),
        "law-enforcement": (
            "Registre ocorrência na unidade policial de crimes cibernéticos se levaram dinheiro ou dados. Se "
            "houver um servidor de controle na sua rede, isole-o, faça uma imagem e consulte a polícia antes "
            "de apagá-lo. Não entre nos sistemas do atacante."
        ),
        "recovery": (
            "Reinstale a partir de mídias limpas; só desinfetar não basta. Feche a porta de entrada e "
            "troque, de uma máquina limpa, toda senha usada nas infectadas. Reconecte por etapas e vigie os "
            "indicadores conhecidos por um mês."
        ),
    },
    "information-gathering": {
        "first-hour": (
            "Veja o que respondeu: feche o que não precisa estar aberto e atualize o resto. Se alguém "
            "entregou uma senha ou um código, troque-o já e encerre as sessões. Se há captura de tráfego, "
            "isole o dispositivo ou a conta que a faz."
        ),
        "evidence": (
            "Guarde os registros de firewall, web, DNS e e-mail desde antes da primeira sondagem, com "
            "origem, porta e hora UTC. Salve as mensagens com cabeçalhos completos e anote número, hora e "
            "falas de cada ligação. Fotografe um dispositivo desconhecido antes de mexer nele."
        ),
        "whom-to-tell": (
            "Alerte quem pode ser o próximo, a começar pelo suporte e pela recepção: diga por quem a pessoa "
            "que liga se faz passar. Informe as origens ao contato de abuso da rede delas, e o padrão ao seu "
            "CSIRT nacional."
        ),
        "law-enforcement": (
            "Uma varredura sozinha raramente vira caso. Um dispositivo plantado, uma linha interceptada ou "
            "uma ameaça, sim: ligue para a unidade policial de crimes cibernéticos e toque no dispositivo o "
            "mínimo possível."
        ),
        "recovery": (
            "Troque, por uma conexão segura, todo segredo que passou sem criptografia por uma rede "
            "interceptada. Procure em DNS, rotas e certificados mudanças que ninguém fez. Vigie de perto os "
            "sistemas sondados por algumas semanas."
        ),
    },
    "intrusion-attempts": {
        "first-hour": (
            "Descubra se alguma tentativa deu certo: um login após muitas falhas, arquivos ou processos "
            "novos, tráfego de saída estranho. Se deu, trate como intrusão. Se não, atualize ou proteja o "
            "alvo e limite as tentativas de login."
        ),
        "evidence": (
            "Exporte os registros do alvo, do firewall e dos logins antes que sejam sobrescritos. Guarde "
            "requisições ou pacotes inteiros, não só alertas: deles se fazem as regras de detecção. Anote os "
            "horários em UTC."
        ),
        "whom-to-tell": (
            "Avise os responsáveis pelos sistemas atacados e o seu CSIRT nacional, com origens, horários e "
            "uma amostra. Se a falha for desconhecida, avise o fabricante em sigilo e não publique detalhes."
        ),
        "law-enforcement": (
            "Tentativas sem sucesso raramente viram caso. Leve-as à unidade policial de crimes cibernéticos "
            "se vieram com ameaças, se usaram credenciais roubadas ou se miram serviços de que as pessoas "
            "dependem."
        ),
        "recovery": (
            "Atualize o alvo e tudo o que for parecido. Exija autenticação multifator e troque as senhas em "
            "uso que foram testadas. Escreva uma regra de detecção para cada técnica que você viu."
        ),
    },
    "intrusions": {
        "first-hour": (
            "Fale por telefone: o invasor pode estar lendo seu e-mail e seu chat. Isole os sistemas afetados "
            "sem desligá-los, desative as contas usadas e encerre as sessões. Se invadiram o prédio, não "
            "toque em nada e chame a polícia."
        ),
        "evidence": (
            "Copie primeiro a memória, depois os discos; leve para outro lugar os registros de logins, VPN, "
            "e-mail e nuvem. Calcule o hash de cada cópia e anote quem a guarda. Até lá, não limpe, não "
            "atualize e não reinicie."
        ),
        "whom-to-tell": (
            "Acorde quem pode decidir tirar serviços do ar. Avise o seu CSIRT nacional e os parceiros "
            "conectados por um canal que o invasor não tenha. Se houver dados pessoais ao alcance, avise o "
            "encarregado de proteção de dados: os prazos estão correndo."
        ),
        "law-enforcement": (
            "Ligue para a unidade policial de crimes cibernéticos antes de reconstruir e pergunte do que ela "
            "precisa. Entregue o diário de ações e os indicadores, e guarde o número do caso. Não entre nos "
            "sistemas do atacante."
        ),
        "recovery": (
            "Procure todo caminho de volta: contas, chaves, tarefas, web shells, regras de e-mail. "
            "Reconstrua a partir de mídias limpas e troque de uma só vez, de uma máquina limpa, todas as "
            "credenciais privilegiadas. Reconecte por etapas e continue vigiando."
        ),
    },
    "availability": {
        "first-hour": (
            "Decida rápido se é ataque ou falha: veja a última mudança e compare o tráfego com o de um dia "
            "normal. Se for ataque, peça ao provedor que filtre o tráfego antes do seu enlace. Proteja "
            "primeiro aquilo de que as pessoas mais precisam."
        ),
        "evidence": (
            "Guarde uma captura curta de tráfego, dados de fluxo, gráficos de carga e a lista de mudanças "
            "recentes. Salve as exigências de dinheiro com cabeçalhos completos. Fotografe os equipamentos "
            "danificados e deixe-os como estão."
        ),
        "whom-to-tell": (
            "Informe os usuários por um canal que não dependa do serviço, e diga quando dará novas notícias. "
            "Avise o provedor e o seu CSIRT nacional, e o órgão regulador se o serviço for essencial."
        ),
        "law-enforcement": (
            "Após uma sabotagem, ponha as pessoas a salvo e deixe o local intacto para a polícia. Leve a "
            "extorsão à unidade policial de crimes cibernéticos, com a exigência e uma amostra do tráfego. "
            "Não pague: isso atrai a próxima exigência."
        ),
        "recovery": (
            "Restabeleça os serviços um a um e confira os dados após cada parada brusca. Examine os outros "
            "sistemas: o ataque pode encobrir outro. Registre no seu plano os filtros e contatos que "
            "funcionaram."
        ),
    },
    "information-content-security": {
        "first-hour": (
            "Feche a saída: revogue as contas, chaves, links e compartilhamentos usados. Se alteraram dados, "
            "pare toda gravação neles; se houve perda, pare de usar o disco. Depois liste quais são os dados "
            "e de quem."
        ),
        "evidence": (
            "Guarde os registros de acesso, de banco de dados e de transferências, e os dados alterados "
            "junto de uma cópia boa. Anote onde os dados vazados apareceram: endereço, hora UTC e captura de "
            "tela. Não os repasse."
        ),
        "whom-to-tell": (
            "Avise já o jurídico e o encarregado de proteção de dados: o prazo para notificar pode estar "
            "correndo. Depois, a sua autoridade de proteção de dados, o seu CSIRT nacional e as pessoas "
            "afetadas; diga o que elas podem fazer."
        ),
        "law-enforcement": (
            "Leve o roubo ou a extorsão à unidade policial de crimes cibernéticos, com as mensagens e os "
            "endereços do atacante. Não pague para reaver os dados: as cópias continuam por aí."
        ),
        "recovery": (
            "Restaure uma cópia anterior à primeira mudança, em sistemas separados, e compare. Substitua "
            "toda senha, chave e token que possam ter sido lidos. Peça a provedores e buscadores que removam "
            "as cópias, e fique atento a novas."
        ),
    },
    "fraud": {
        "first-hour": (
            "Ligue já para o banco para suspender ou reverter o pagamento: cada hora conta. Troque as "
            "credenciais entregues, encerre as sessões e remova regras de e-mail desconhecidas. Pare o que "
            "estranhos executam nos seus sistemas."
        ),
        "evidence": (
            "Guarde as mensagens como arquivos com cabeçalhos completos, não só como imagens. Anote "
            "endereços de páginas, números de conta, valores e horários das ligações em UTC. Salve os "
            "registros de login e de e-mail de cada conta envolvida."
        ),
        "whom-to-tell": (
            "Avise o financeiro e os parceiros por um número conhecido: dados bancários novos só valem "
            "depois de confirmados por voz. Peça ao provedor de hospedagem e ao registrador que derrubem as "
            "páginas falsas, e avise o seu CSIRT nacional."
        ),
        "law-enforcement": (
            "Registre ocorrência no mesmo dia na unidade policial de crimes cibernéticos: os bancos costumam "
            "pedir o número dela para bloquear o dinheiro. Informe contas, valores e horários, e para qual "
            "país o dinheiro foi."
        ),
        "recovery": (
            "Confirme mudanças de dados bancários ligando para um número conhecido, e faça duas pessoas "
            "aprovarem pagamentos. Exija autenticação multifator resistente a phishing. Configure o DMARC "
            "para rejeitar e limite os gastos das contas em nuvem."
        ),
    },
    "vulnerable": {
        "first-hour": (
            "Localize todos os sistemas atingidos e seus responsáveis. Tire-os da internet, ponha-os atrás "
            "de uma VPN ou aplique a mitigação do fabricante; não espere a atualização. Suponha que outros "
            "acharam a falha antes: procure sinais de intrusão."
        ),
        "evidence": (
            "Salve os registros antes de atualizar, e uma imagem da memória se alguém pode ter entrado: "
            "atualizar apaga rastros. Anote a versão, desde quando ficou exposta e como você soube."
        ),
        "whom-to-tell": (
            "Diga ao responsável pelo sistema, em palavras simples, o que fechar e até quando. Relate uma "
            "falha inédita ao fabricante ou ao seu CSIRT nacional, em sigilo, e combinem uma data. Se dados "
            "pessoais puderam ser lidos, avise o encarregado de proteção de dados."
        ),
        "law-enforcement": (
            "Uma falha sozinha não é caso de polícia. Se alguém a usou, preserve os rastros e ligue para a "
            "unidade policial de crimes cibernéticos. Trate como aliado quem a relata de boa-fé."
        ),
        "recovery": (
            "Atualize e teste de fora se a falha foi corrigida. Substitua as senhas, chaves e certificados "
            "que ela pode ter exposto. Mantenha uma lista do que você expõe, com responsáveis, e varra "
            "regularmente os seus próprios endereços."
        ),
    },
    "other": {
        "first-hour": (
            "Anote o que sabe, o que supõe e o que não sabe. Contenha o que está se espalhando: isole, não "
            "desligue. Escolha uma pessoa que decide e outra que mantém o diário."
        ),
        "evidence": (
            "Salve os registros antes que sejam sobrescritos, a memória antes dos discos, e a primeira coisa "
            "que chamou a atenção, por menor que seja. Anote quem viu e quando, em UTC. Mude o mínimo "
            "possível até ter cópias."
        ),
        "whom-to-tell": (
            "Avise cedo a diretoria e o seu CSIRT nacional, mesmo sem certeza: um alarme falso custa menos "
            "que um tardio. Use um canal que não dependa dos sistemas afetados."
        ),
        "law-enforcement": (
            "Se houver pessoas em perigo, chame já a polícia. Se o incidente atingiu dinheiro, dados ou "
            "instalações, pergunte à unidade policial de crimes cibernéticos se cabe abrir um caso e o que "
            "preservar."
        ),
        "recovery": (
            "Descubra como começou antes de reconstruir, ou vai reconstruir a brecha. Restaure de cópias "
            "limpas, primeiro aquilo de que as pessoas mais precisam. Depois escreva o que aconteceu e o que "
            "o teria mostrado antes."
        ),
    },
    "ransomware": {
        "first-hour": (
            "Tire as máquinas afetadas de toda rede, inclusive sem fio, e deixe-as ligadas; desligue só as "
            "que não puder desconectar. Separe os backups e o armazenamento ainda intactos. Desative as "
            "contas usadas na propagação."
        ),
        "evidence": (
            "Guarde a nota de resgate, alguns arquivos cifrados e o programa. Copie a memória de duas ou "
            "três máquinas: a chave pode estar nela. Salve os registros de login, VPN e firewall das semanas "
            "anteriores."
        ),
        "whom-to-tell": (
            "Avise já a diretoria e o seu CSIRT nacional: podem conhecer o grupo ou um decifrador gratuito. "
            "Suponha que dados foram copiados e avise o encarregado de proteção de dados. Telefone para os "
            "parceiros conectados a você."
        ),
        "law-enforcement": (
            "Ligue para a unidade policial de crimes cibernéticos antes que alguém responda aos criminosos: "
            "ela pode ter chaves. Ninguém negocia sozinho. Pagar não garante a chave nem o silêncio, e pode "
            "ser ilegal."
        ),
        "recovery": (
            "Feche primeiro a porta de entrada. Reconstrua de mídias limpas os servidores que gerenciam "
            "contas, troque todas as senhas e restaure backups anteriores à intrusão, verificados fora da "
            "rede. Guarde os discos cifrados: a chave pode surgir depois."
        ),
    },
    "test": {
        "first-hour": "Não faça nada: isto foi um teste e não foi contado.",
        "evidence": "Não há nenhuma: nada aconteceu.",
        "whom-to-tell": "Diga a quem pediu o teste que ele chegou.",
        "law-enforcement": "Não chame ninguém: não houve incidente.",
        "recovery": "Não há nada a reparar. Se chegou tarde ou danificado, avise quem opera este serviço.",
    },
}
"""1 to 3 sentences and 300 characters a section at most; a whole class fits a sealed reply."""
