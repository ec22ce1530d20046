"""Which idea a word stands for, in the languages of plants: what makes the model read more than English.

A word is compared without case and accents. ``stem*`` stands for all words that begin so. Common words of
instruction and of shop floors; none is taken from a known attack template.
"""

from __future__ import annotations

from functools import lru_cache

from pullcord.detection.text.fold import fold

_WORDS: dict[str, str] = {
    "override": (
        "ignor* disregard* forget* forgot* overrid* overrul* neglect* dismiss* discard* unlearn* supersed* missacht* "
        "vergiss vergessen ubergeh* ubersteuer* uberschreib* verwirf verwerfe* olvid* omit* descart* "
        "zignor* zapomnij zapomniec pomin* pomij* zlekcewaz* odrzuc* nadpis* oubli* neglig* "
        "dimentic* trascur* scord* esquec* esqueca desconsider* negeer* vergeet* забуд* игнорир* проигнорир* забыт* "
        "glom ignorer* unut* yoksay* zapomen*"
    ),
    "lift": (
        "bypass* disabl* deactivat* circumvent* suspend* remov* lift* unlock* evad* escap* break* violat* abandon* "
        "deaktivier* umgeh* aufheb* ausschalt* abschalt* entfern* desactiv* deshabil* elud* elimin* desbloque* salt* "
        "suspend* wylacz* obejdz omin* usun* zdejmij odblokuj* zlam* desactiv* contourn* disattiv* aggir* desativ* "
        "contorn* отключ* обойд* сними* снят* uitschakel* omzeil*"
    ),
    "prior": (
        "previous* prior preceding above earlier former before "
        "foregoing initial original existing old obig* vorherig* "
        "vorig* bisherig* fruher* ursprunglich* vorangegangen* vorstehend* davor anterior* previo* previa* previos "
        "previas antes arriba inicial* original* poprzedni* wczesniejsz* dotychczasow* powyzsz* uprzedni* pierwotn* "
        "precedent* anterieur* ci-dessus precedente* anteriores sopra acima vorige eerdere предыдущ* прежн* прошл*"
    ),
    "all": (
        "all any every everything entire whatever alle alles jegliche* samtliche* todo toda todos todas cualquier* "
        "wszystk* wszelk* kazd* tout toute tous toutes tutti tutte tutto qualquer все всё всех любые alle"
    ),
    "instruction": (
        "instruct* directive* prompt* guideline* guidance preamble "
        "briefing anweisung* instruktion* vorgabe* richtlinie* leitlinie* "
        "befehl* instruccion* instrucao* instrucoes indicacion* directric* directiv* consigne* istruzion* direttiv* "
        "polecen* instrukcj* wytyczn* dyrektyw* rozkaz* orden ordenes comando* commandement* comand* command "
        "commands instructies инструкц* указан* команд* директив* промпт* diretriz* orientacoes"
    ),
    "rule": (
        "rule* polic* restrict* limitation* limits constraint* safeguard* ethic* moral* filter* censor* guardrail* "
        "safety protocol* boundar* regel* beschrankung* einschrankung* sicherheitsvorkehrung* schranke* zensur* "
        "ethik* ethisch* regla* norma* restriccion* limitacion* limite* etic* filtro* censura* salvaguard* zasad* "
        "regul* ogranicz* zabezpiecz* cenzur* etyczn* filtr* restriction* regle* contrainte* ethique* regole regola "
        "restrizion* vincol* regras restric* правил* огранич* фильтр* этич* цензур*"
    ),
    "config": (
        "config* programming programmed training trained setup internals initialization initialisation "
        "konfiguration* programmierung training configuracion* programacion entrenamiento konfiguracj* programowani* "
        "trening* programmation entrainement configurazion* programmazione addestramento конфигурац* настройк*"
    ),
    "system": "system systems systemprompt* systemanweisung* sistema systemu systemow* systemem systeme систем*",
    "reveal": (
        "reveal* disclos* divulg* leak* expos* dump* recit* spill confess* unveil* uncover* verrat* enthull* "
        "offenleg* preisgeb* preis revel* filtra* desvel* ujawn* zdradz* wyjaw* devoil* rivel* svel* раскро* выда* "
        "onthul* verklap*"
    ),
    "show": (
        "show* display* print* output* repeat* tell* share* list* echo* give* paste* quote* copy summari* translate* "
        "zeig* ausgeb* ausgib gib wiederhol* nenn* sag* teil* druck* schreib* muestra* mostra* imprim* repit* repet* "
        "dime dinos comparte* enumera* escrib* pokaz* wyswietl* wypisz* powtorz* podaj* powiedz* napisz* wydrukuj* "
        "montre* affiche* repete* donne* ecris* mostre* ripet* dimmi stampa* scrivi escrev* diga покаж* выведи* "
        "повтор* напиш* скажи*"
    ),
    "ai": (
        "ai ais assistant* chatbot* llm llms gpt* chatgpt copilot* bot bots agent agents model models claude gemini "
        "llama ki assistent* sprachmodell* modell ia asistente* modelo asystent* sztuczn* inteligencj* assistente* "
        "modele modello ии ассистент* нейросет* бот si"
    ),
    "you": (
        "you your yours yourself u ur du dich dir dein* sie ihnen ihr ihre ihren ihrem tu tus te ti usted* su sus "
        "eres ty ciebie ci tobie twoj* swoj* swoje jestes masz twe vous "
        "votre vos toi ton ta voi tuo tua tuoi tue sei "
        "voce seu sua seus suas je jij jouw ты тебя твой твои твоих ваш* вы свои своих"
    ),
    "me": "me my mine us mir mich ich mein* mi mio yo nos moj* mnie mi moi je mon ma mes mio meu minha мне мой",
    "persona": (
        "pretend* roleplay* role-play* impersonat* persona* character* imagin* simulat* emulat* embod* becom* act "
        "acting role behave spiel* schlupf* rolle* stell* "
        "verhalt* simulier* tust finge* finja actua* interpreta* "
        "imagina* papel rol comporta* udawaj* wciel* zachowuj* odgryw* "
        "rola role wyobraz* symuluj* simul* joue* agis* "
        "fingi* interpreta* agisci comportati ruolo представь* притвор* веди роль роли"
    ),
    "now": (
        "now henceforth onward* onwards currently nun jetzt ab fortan kunftig ahora adelante partir teraz odtad "
        "desormais maintenant ora adesso agora теперь отныне сейчас"
    ),
    "free": (
        "unrestrict* unfilter* uncensor* unlimit* limitless unbound* unshackl* jailbr* dan amoral* unethical free "
        "freely freed liberat* anything uneingeschrankt* unzensiert* "
        "ungefiltert* unbegrenzt* frei hemmungslos* libre* "
        "ilimitad* irrestrict* nieogranicz* wolny wolna swobodn* dowoln* illimit* libero свободн* "
        "неогранич*"
    ),
    "without": (
        "without no not never nor none dont don't doesn cannot "
        "can't won't kein* nicht nie niemals ohne weder sin nunca "
        "ningun* jamas no nie bez nigdy zadn* sans jamais pas non senza mai sem nao geen niet zonder не без никогда"
    ),
    "must": (
        "must should shall need needs required requir* obey* "
        "comply complies complian* follow* adher* mandatory musst "
        "mussen muss sollst sollen befolg* gehorch* debes debe deben tienes obedec* sigu* cumpl* musisz nalezy "
        "powinien* wykonuj* przestrzeg* stosuj* dois devez doit suis suivez obei* devi deve dovete seguire obbed* "
        "deves должен должн* обязан* следуй* выполн*"
    ),
    "urgent": (
        "important urgent* immediate* critical attention priority "
        "asap wichtig* dringend* sofort* achtung unverzuglich* "
        "urgente* inmediat* importante* atencion wazn* piln* "
        "natychmiast* uwaga* niezwloczn* immediatement attenzione "
        "subito imediat* важн* срочн* немедленно внимание"
    ),
    "instead": "instead rather stattdessen anstatt lugar zamiast plutot invece piuttosto vez вместо",
    "send": (
        "send* sent forward* upload* transmit* transfer* exfiltrat* deliver* bcc cc submit* post* weiterleit* leite "
        "leit send* schick* sende* ubermittl* ubertrag* uberweis* envia* envie* envio reenvi* remit* transfier* sube "
        "wyslij* wysyl* przesl* przekaz* przesyl* przelej* envoy* envoie* transfer* invia* inoltr* encaminh* отправ* "
        "перешл* переслать stuur*"
    ),
    "do": (
        "run* execut* invok* call* visit* click* open* delet* "
        "create* add* book* pay* buy* schedul* download* install* "
        "write set change updat* fuhr* ausfuhr* offne* klick* losch* besuch* ruf* zahl* stell* ander* setz* ejecut* "
        "abr* haz pulsa* borr* pag* visit* cambi* fija* anad* uruchom* wykonaj* otworz* kliknij* skasuj* zaplac* "
        "odwiedz* ustaw* zmien* dodaj* execute* ouvr* cliqu* supprim* esegui* apri clicca* cancell* выполни* открой* "
        "удали* перейди* nacisn*"
    ),
    "secret": (
        "secret* password* passphrase* credential* token* apikey* confidential hidden private passcode* key keys "
        "geheim* passwort* kennwort* zugangsdaten schlussel vertraulich* verborgen* contrasen* credencial* clave* "
        "confidencial* ocult* hasl* tajn* poufn* ukryt* klucz* poswiadcz* sekret* identifiant* cache "
        "segret* credenzial* nascost* senha* segredo* парол* секрет* скрыт* ключ*"
    ),
    "user": "user* human* nutzer* benutzer* usuario* uzytkownik* utilisateur* utente* utenti пользовател*",
    "task": (
        "task* goal* objective* mission* aufgabe* ziel tarea* "
        "objetivo* zadani* cel tache* objectif* compit* задач* цель"
    ),
    "answer": (
        "respond* repl* answer* say says said begin start starting reponse antwort* beginn* respond* conteste* "
        "contest* di diga empieza* comienza* odpowied* odpowiad* zacznij* repond* commence* rispond* dire inizia* "
        "ответ* отвеча* начни*"
    ),
    "only": (
        "only exactly just solely nothing verbatim literally literal exact word-for-word nur genau ausschliesslich "
        "wortlich* solo solamente exactamente unicamente exclusivamente literalmente textualmente tylko dokladnie "
        "wylacznie doslown* seulement uniquement exactement mot soltanto esattamente parola somente apenas только "
        "точно дословно"
    ),
    "fiction": (
        "story fiction* novel movie scene script hypothetical* game poem grandma grandmother geschichte* roman film "
        "szene hypothetisch* spiel historia novela pelicula escena hipotetic* juego abuela opowiesc* histori* "
        "powiesc* scen* hipotetyczn* gra babci* roman histoire jeu storia gioco romanzo истори* сказк*"
    ),
    "mode": (
        "mode modes developer* debug* sudo root jailbroken admin* "
        "modus entwickler* modo desarrollador* tryb* mode modalita режим*"
    ),
    "harm": (
        "bomb* weapon* explosive* meth malware virus hack* hacking "
        "hacker* phish* steal* poison* illegal* kill* murder* "
        "drug* fraud* forg* counterfeit* attack* harm* harmful sprengst* waffe* gift illegal* hacke* toten betrug* "
        "bomba* arma armas ilegal* droga* veneno* hacke* robar matar bron broni bomb* narkotyk* nielegaln* trucizn* "
        "wlam* oszust* bombe* arme armes drogue* armi оруж* бомб* взлом* наркотик* pirat*"
    ),
    "before": (
        "first then after afterwards afterward finally next once "
        "step zuerst bevor danach anschliessend dann zunachst "
        "primero despues luego finalmente najpierw potem nastepnie zanim "
        "przed po ensuite d'abord puis prima dopo poi "
        "depois primeiro сначала затем потом"
    ),
    "document": (
        "document* email* mail* page* webpage* website* text* "
        "content* context* conversation* message* chat* session* "
        "dokument* inhalt* nachricht* seite* gesprach* kontext* documento* correo* pagina* contenido* mensaje* "
        "conversacion* contexto* wiadomos* stron* tresc* rozmow* kontekst* документ* сообщен* текст*"
    ),
    "thing": (
        "alarm* warn* line lines batch* sensor* column* row* header* file* error* comment* part parts shift* valve* "
        "setpoint* recipe* drawing* invoice* version* commit* branch* test tests order orders pump* machine* robot* "
        "conveyor* temperature* pressure* lot lots pallet* torque* "
        "reading* fault* notification* draft* revision* cell* "
        "ticket* meeting* package* supplier* operator* maintenance* "
        "calibration* zeile* charge* linie* spalte* fehler* "
        "meldung* storung* schicht* ventil* sollwert* rezept* zeichnung* rechnung* auftrag* teil* pumpe* maschine* "
        "anlage* temperatur* druck* wartung* lieferant* warnung* linea* "
        "lote* sensor* columna* fila* fallo* aviso* turno* "
        "valvula* consigna receta* plano* factura* pedido* pieza* bomba maquina* proveedor* temperatura* presion* "
        "alarma* alerta* mantenimiento lini* parti* czujnik* kolumn* wiersz* blad* bled* komunikat* zmian* zawor* "
        "nastaw* receptur* rysunek* rysunk* faktur* zamowien* czesc* pomp* maszyn* temperatur* cisnieni* dostawc* "
        "ostrzezen* awari* przeglad* usterk* sztuk* ligne* vanne* piece*"
    ),
}
CONCEPTS: tuple[str, ...] = (*_WORDS, "address", "link", "mark", "code")
"""Ideas by number; the last four are not words: a mail address "
"or account, a link, a mark of a role, a piece of code."""
_SHORTEST_STEM = 2


def _tables() -> tuple[dict[str, int], dict[str, int], int]:
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    for number, listed in enumerate(_WORDS.values()):
        for word in listed.split():
            plain = fold(word.rstrip("*")).text
            (stems if word.endswith("*") else words).setdefault(plain, number)
    return words, stems, max(map(len, stems))


_EXACT, _STEMS, _LONGEST = _tables()


@lru_cache(maxsize=1 << 16)
def concept_of(word: str) -> int | None:
    """The number of the idea of a folded word, if it stands for one."""
    found = _EXACT.get(word)
    if found is not None:
        return found
    for size in range(min(len(word), _LONGEST), _SHORTEST_STEM - 1, -1):
        found = _STEMS.get(word[:size])
        if found is not None:
            return found
    return None
