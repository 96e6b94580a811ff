<?php
// An Afterword backend in one file, for PHP 8.1 or later with PDO SQLite; or: php -S 127.0.0.1:8080 afterword.php
// It knows no sign-in but guests, draws no pages, and sends no live events, each of which would keep a worker busy.
// Headings name sections of contract/CONTRACT.md, which gives the reasons.
declare(strict_types=1);

const BODY_BYTES = 65536, REQUEST_BYTES = 6 * BODY_BYTES + 16384; // In JSON a byte may come as \u0061.
const EDIT_SECONDS = 900;
const FEATURES = ['viewer', 'reply', 'guest', 'edit', 'history', 'delete', 'react', 'mention', 'report', 'count'];
const TAGS = ['like' => ['Like', '👍'], 'insightful' => ['Insightful', '💡'], 'thanks' => ['Thanks', '🙏']];
const RATES = ['guest' => [10, 3600], 'reply' => [10, 60], 'change' => [30, 60], 'react' => [60, 60], 'report' => [20, 3600]];

/** A setting from the environment, or from `SetEnv`, which some servers hand on under another name. */
function option(string $name, string $otherwise): string {
    return (string) ($_SERVER[$name] ?? $_SERVER["REDIRECT_$name"] ?? (getenv($name) ?: $otherwise));
}

// ---- Problems (6. HTTP): whatever is wrong with a request is thrown, and written out in one place.
const STATUS = [
    'bad-parameter' => 400, 'bad-cursor' => 400, 'bad-body' => 400, 'sign-in-required' => 401, 'not-allowed' => 403,
    'thread-locked' => 403, 'edit-window-over' => 403, 'unknown-route' => 404, 'unknown-reply' => 404, 'unknown-tag' => 404,
    'method-not-allowed' => 405, 'reply-gone' => 409, 'revision-changed' => 412, 'body-too-large' => 413,
    'address-too-long' => 414, 'not-json' => 415, 'invalid-fields' => 422, 'key-reused' => 422, 'revision-required' => 428,
    'too-many-requests' => 429, 'internal' => 500, 'unavailable' => 503,
];
class Problem extends Exception {
    public function __construct(public string $name, string $detail, public array $more = [], public array $headers = []) {
        parent::__construct($detail);
    }
    public function answer(): array {
        $body = ['type' => "urn:afterword:problem:$this->name", 'title' => ucfirst(strtr($this->name, '-', ' ')),
            'status' => STATUS[$this->name], 'detail' => $this->getMessage()];
        return [$body['status'], $body + $this->more, ['Content-Type' => 'application/problem+json'] + $this->headers];
    }
}
/** The value, if there is one; a problem otherwise. */
function must(mixed $value, string $name, string $detail, array $more = [], array $headers = []): mixed {
    return $value ?: throw new Problem($name, $detail, $more, $headers);
}
function check(mixed $value, string $name, string $pointer, string $detail): mixed {
    return must($value, $name, "$pointer: $detail.", ['errors' => [['pointer' => $pointer, 'detail' => $detail]]]);
}

// ---- What is kept: one SQLite file.
const SCHEMA = <<<'SQL'
    CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE);
    CREATE TABLE thread (id TEXT PRIMARY KEY, title TEXT, url TEXT, locked INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE reply (id TEXT PRIMARY KEY, thread TEXT NOT NULL, number INTEGER NOT NULL, author TEXT NOT NULL,
        published INTEGER NOT NULL, edited INTEGER, revision INTEGER NOT NULL DEFAULT 1, deleted INTEGER, deleter TEXT,
        format TEXT NOT NULL, body TEXT NOT NULL, mentions TEXT NOT NULL, quotes TEXT NOT NULL, UNIQUE (thread, number));
    CREATE INDEX reply_author ON reply (author);
    CREATE INDEX reply_deleted ON reply (deleted) WHERE deleted IS NOT NULL;
    CREATE TABLE quote (thread TEXT, source INTEGER, number INTEGER, UNIQUE (thread, source, number));
    CREATE TABLE revision (reply TEXT, revision INTEGER, published INTEGER, format TEXT, body TEXT);
    CREATE INDEX revision_reply ON revision (reply, revision);
    CREATE TABLE reaction (reply TEXT, tag TEXT, person TEXT, UNIQUE (reply, tag, person));
    CREATE TABLE report (reply TEXT, person TEXT, reason TEXT, detail TEXT, at INTEGER, UNIQUE (reply, person));
    CREATE TABLE key (person TEXT, key TEXT, said TEXT, reply TEXT, answer TEXT, at INTEGER, UNIQUE (person, key));
    CREATE TABLE spent (what TEXT, who TEXT, at INTEGER);
    CREATE INDEX spent_what ON spent (what, who, at);
    PRAGMA user_version = 1;
    SQL;
function database(): PDO {
    static $db = null;
    if ($db) return $db;
    $root = (string) realpath($_SERVER['DOCUMENT_ROOT']);
    $file = option('AFTERWORD_DATABASE', (PHP_SAPI === 'cli-server' ? $root : dirname($root)) . '/afterword.sqlite');
    $isPublic = PHP_SAPI !== 'cli-server' && str_starts_with(realpath(dirname($file)) . '/', "$root/");
    if ($isPublic) throw new Exception("Anybody could fetch $file: set AFTERWORD_DATABASE to a file outside of $root.");
    umask(0077);
    $db = new PDO("sqlite:$file", null, null, [PDO::ATTR_TIMEOUT => 5, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
    $db->exec('PRAGMA secure_delete = ON'); // What is deleted is overwritten.
    if (value('PRAGMA user_version') === 0) {
        $db->exec('BEGIN IMMEDIATE'); // Several may come first, at once.
        if (value('PRAGMA user_version') === 0) $db->exec(SCHEMA);
        $db->exec('COMMIT');
    }
    return $db;
}
function query(string $sql, mixed ...$values): PDOStatement {
    $statement = database()->prepare($sql);
    $statement->execute($values);
    return $statement;
}
function value(string $sql, mixed ...$values): mixed {
    return query($sql, ...$values)->fetchColumn();
}
/** What nobody can bring back goes, with the next write. */
function forget(): void {
    $over = time() - EDIT_SECONDS;
    $gone = "deleted < $over AND body <> ''";
    query("DELETE FROM revision WHERE reply IN (SELECT id FROM reply WHERE $gone)");
    query("DELETE FROM reaction WHERE reply IN (SELECT id FROM reply WHERE $gone)");
    query("UPDATE key SET answer = NULL WHERE reply IN (SELECT id FROM reply WHERE $gone)");
    query("UPDATE reply SET body = '', mentions = '[]', quotes = '[]' WHERE $gone");
    query('DELETE FROM key WHERE at < ?', time() - 86400);
    query('DELETE FROM spent WHERE at < ?', time() - 3600);
}

// ---- What is shown (4. Fields): chosen field by field, so that nothing private slips in.
function isoTime(?int $time): ?string {
    return $time === null ? null : gmdate('Y-m-d\TH:i:s\Z', $time);
}
function isStaff(array $person): bool {
    return in_array($person['id'], explode(',', option('AFTERWORD_MODERATORS', '')), true);
}
function personShown(array $person): array {
    return ['id' => $person['id'], 'name' => $person['name'], 'role' => isStaff($person) ? 'moderator' : 'guest',
        'posts' => value('SELECT count(*) FROM reply WHERE author = ?', $person['id'])];
}
/** Rows are counted: a counter could drift. */
function reactionsTo(string $id): array {
    $chosen = [];
    $rows = query('SELECT tag, person.id, name FROM reaction JOIN person ON person.id = person
        WHERE reply = ? ORDER BY reaction.rowid', $id);
    foreach ($rows as ['tag' => $tag, 'id' => $person, 'name' => $name]) $chosen[$tag][] = ['id' => $person, 'name' => $name];
    $tags = array_keys(array_intersect_key(TAGS, $chosen));
    return array_map(fn ($tag) => ['tag' => $tag, 'count' => count($chosen[$tag]), 'people' => $chosen[$tag]], $tags);
}
/** A reply as everybody may see it: of a deleted one only that it was there. */
function shown(array $reply): array {
    $quoters = query('SELECT quote.number FROM quote JOIN reply USING (thread, number)
        WHERE quote.thread = ? AND source = ? AND deleted IS NULL ORDER BY 1', $reply['thread'], $reply['number']);
    $text = $reply['deleted'] ? ['status' => 'deleted', 'body' => '', 'mentions' => [], 'quotes' => [], 'reactions' => []] : [
        'status' => 'published', 'body' => $reply['body'], 'mentions' => json_decode($reply['mentions']),
        'quotes' => json_decode($reply['quotes']), 'reactions' => reactionsTo($reply['id']),
    ];
    return [
        'id' => $reply['id'], 'number' => $reply['number'], 'format' => $reply['format'],
        'author' => personShown(query('SELECT * FROM person WHERE id = ?', $reply['author'])->fetch()),
        'published' => isoTime($reply['published']), 'edited' => isoTime($reply['edited']),
        'revision' => (string) $reply['revision'], 'quotedBy' => $quoters->fetchAll(PDO::FETCH_COLUMN),
    ] + $text;
}

// ---- Quotes (5. Rules): a blockquote whose first line begins with a link to `#reply-N`.
/** Parts Markdown into lines that are its author's own, and blocks of lines that are quoted. */
function parted(string $body): array {
    $own = $blocks = [];
    $isQuote = $fence = false;
    foreach (preg_split('/\r\n?|\n/', $body) as $line) {
        $quoted = !$fence && preg_match('/^ {0,3}> ?(.*)$/s', $line, $found) ? $found[1] : null;
        $mark = $quoted === null && preg_match('/^ {0,3}(```|~~~)/', $line, $found) ? $found[1] : null;
        if ($mark && (!$fence || $fence === $mark)) $fence = $fence ? false : $mark; // A `>` in code quotes nobody.
        $last = $isQuote ? trim(end($blocks[count($blocks) - 1])) : '';
        if ($quoted === null && $last !== '' && trim($line) !== '' && !$mark) $quoted = $line; // It needs no `>` to go on.
        if ($quoted === null) $own[] = $line;
        elseif ($isQuote) $blocks[count($blocks) - 1][] = $quoted;
        else $blocks[] = [$quoted];
        $isQuote = $quoted !== null;
    }
    return [$own, $blocks];
}
/** Words without the marks around them, every gap one space. */
function plain(array $lines): string {
    $marks = ['/^ {0,3}(#{1,6} |[-*+] |\d{1,9}[.)] )/m' => '', '/!?\[([^\[\]]*)\]\([^()\n]{0,2000}\)/' => '$1',
        '/\\\\(?=[!-\/:-@\[-`{-~])|[*_`~]/' => '', '/\s+/u' => ' '];
    return trim(preg_replace(array_keys($marks), array_values($marks), implode("\n", $lines)));
}
/** Whether no word goes on across this place, in scripts that part words: "agree" does not stand in "disagree". */
function isEdge(string $text, int $at): bool {
    $spaceless = '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]';
    $within = "/\\G(?<=[\\p{L}\\p{N}\\p{M}])(?<!$spaceless)(?=[\\p{L}\\p{N}\\p{M}])(?!$spaceless)/u";
    return !preg_match($within, $text, $found, 0, $at);
}
/** Whether the words stand in the text, in order and whole; null where that takes too long to tell. */
function standsIn(string $text, string $words): ?bool {
    $from = $tries = 0;
    foreach (preg_split('/\s*(?:\[?…\]?|\[\.{3}\]|^\.{3}|\.{3}$)\s*/u', $words, -1, PREG_SPLIT_NO_EMPTY) as $piece) {
        do { // An ellipsis, which parts the pieces, stands for words that were left out.
            if (++$tries > 1000) return null;
            $at = strpos($text, $piece, $from);
            if ($at === false) return false;
            $from = $at + strlen($piece);
        } while (!isEdge($text, $at) || !isEdge($text, $from));
    }
    return true;
}
/** What a text quotes, outermost quotes only. `exact` is null where nobody can tell, as with a quote in a quote. */
function quotesIn(array $words, string $thread): array {
    $quotes = [];
    foreach ($words['format'] === 'markdown' ? array_slice(parted($words['body'])[1], 0, 50) : [] as $lines) {
        $link = '/^ {0,3}\[(?:[^\[\]\\\\]|\\\\.)*\]\(#reply-([1-9]\d{0,8})\)(.*)$/';
        if (!preg_match($link, $lines[0], $found)) continue; // Somebody from elsewhere is quoted.
        [, $number, $behind] = $found;
        $source = query('SELECT * FROM reply WHERE thread = ? AND number = ? AND deleted IS NULL', $thread, $number)->fetch();
        $lines[0] = strlen($behind) > 80 || count($lines) === 1 ? $behind : ''; // "said:" is nobody's word.
        [$own, $inner] = parted(implode("\n", $lines));
        $text = $source && $source['format'] === 'markdown' ? parted($source['body'])[0] : [$source['body'] ?? ''];
        $exact = $source ? standsIn(plain($text), plain($own)) : null;
        $quotes[] = ['number' => (int) $number, 'exact' => $exact && $inner ? null : $exact];
    }
    return $quotes;
}

// ---- What comes in: every field is looked at before it is believed.
function isText(string $text): bool {
    return preg_match('//u', $text) && !str_contains($text, "\0");
}
/** All values of a parameter; $_GET has only the last one. */
function all(string $name): array {
    $values = [];
    foreach (explode('&', $_SERVER['QUERY_STRING'] ?? '') as $pair) {
        [$given, $value] = array_map('urldecode', explode('=', $pair, 2)) + [1 => ''];
        check(isText($value), 'bad-parameter', $given, 'it is no text in UTF-8');
        if ($given === $name) $values[] = $value;
    }
    return $values;
}
function one(string $name): ?string {
    $values = all($name);
    check(count($values) < 2, 'bad-parameter', $name, 'it stands there twice');
    return ($values[0] ?? '') === '' ? null : $values[0];
}
function input(): array {
    must(preg_match('~^application/json *(;|$)~i', $_SERVER['CONTENT_TYPE'] ?? ''), 'not-json', 'Send application/json.');
    $text = file_get_contents('php://input', length: REQUEST_BYTES + 1);
    must(strlen($text) <= REQUEST_BYTES, 'body-too-large', 'A request may have ' . REQUEST_BYTES . ' bytes.');
    $input = json_decode($text, true, 64);
    $isObject = is_array($input) && ltrim($text)[0] === '{';
    check($isObject, 'bad-body', '#', 'an object in JSON, as UTF-8, belongs here');
    return $input;
}
function textIn(array $input, string $name, ?string $pointer = null): string {
    $text = $input[$name] ?? ''; // null means "not given".
    check(is_string($text), 'bad-body', $pointer ?? "#/$name", 'a text belongs here');
    check(isText($text), 'invalid-fields', $pointer ?? "#/$name", 'it holds a NUL');
    return $text;
}
/** The text of a new reply or of an edit. Whom it mentions is looked up here, whatever the client says. */
function wordsIn(array $input): array {
    $body = textIn($input, 'body');
    $format = textIn($input, 'format') ?: 'markdown';
    $list = $input['mentions'] ?? [];
    $isList = is_array($list) && array_is_list($list) && !array_filter($list, fn ($one) => $one !== null && !is_array($one));
    check($isList, 'bad-body', '#/mentions', 'a list of people belongs here');
    check(preg_match('/[^\s\p{C}\p{Z}\x{34f}\x{2800}\x{3164}\x{fe0f}]/u', $body), 'invalid-fields', '#/body', 'it holds no text');
    check(strlen($body) <= BODY_BYTES, 'invalid-fields', '#/body', 'it has more than ' . BODY_BYTES . ' bytes');
    check(in_array($format, ['markdown', 'text']), 'invalid-fields', '#/format', 'only markdown and text are taken here');
    check(count($list) <= 10, 'invalid-fields', '#/mentions', 'at most ten people can be mentioned');
    $mentions = [];
    foreach (array_filter($list) as $one) {
        $person = query('SELECT id, name FROM person WHERE id = ?', textIn($one, 'id', '#/mentions'))->fetch();
        $ways = $person ? [$person['name'], '"' . addcslashes($person['name'], '"\\') . '"'] : [];
        $pattern = '~@(' . implode('|', array_map(fn ($way) => preg_quote($way, '~'), $ways)) . ')~iu';
        if ($person && preg_match($pattern, $body)) $mentions[$person['id']] = $person;
    }
    return ['body' => $body, 'format' => $format, 'mentions' => array_values($mentions)];
}
function threadId(?string $id, string $name, string $pointer): string {
    return check(strlen($id ?? '') <= 2000 ? $id : '', $name, $pointer, 'it is a text of 1 to 2000 bytes');
}
/** What a name looks like, roughly: Unicode's UTS 39 has all look-alikes, and is more than fits here. */
function look(string $name): string {
    return strtr(strtolower(preg_replace('/[^\p{L}\p{N}]/u', '', $name)), 'i10', 'llo');
}
function nameIn(array $input): string {
    $name = preg_replace('/^\s+|\s+$/u', '', textIn($input, 'name'));
    $staff = query('SELECT name FROM person WHERE instr(?, id) > 0', option('AFTERWORD_MODERATORS', ''));
    $names = ['admin', 'administrator', 'moderator', 'staff', ...$staff->fetchAll(PDO::FETCH_COLUMN)];
    foreach ([
        'it has 1 to 64 characters, one of them a letter' => preg_match('/[\p{L}\p{N}\p{So}]/u', $name) && preg_match('/^.{1,64}$/us', $name),
        'it holds what nobody can see' => !preg_match('/[\p{C}\p{Zl}\p{Zp}\x{34f}\x{2800}\x{3164}]/u', $name),
        'it mixes letters that look alike' => !preg_match('/\p{Latin}/u', $name) || !preg_match('/[\p{Cyrillic}\p{Greek}]/u', $name),
        'it looks like a name of the staff' => !in_array(look($name), array_map('look', $names), true),
    ] as $rule => $isKept) check($isKept, 'invalid-fields', '#/name', $rule);
    return $name;
}

// ---- Who may do what, and how often.
function spend(string $what, string $who): void {
    [$most, $seconds] = RATES[$what];
    $limits = option('AFTERWORD_LIMITS', '1');
    $times = query('SELECT at FROM spent WHERE what = ? AND who = ? AND at > ? ORDER BY at', $what, $who, time() - $seconds)->fetchAll();
    $wait = max(1, ($times[0]['at'] ?? 0) + $seconds - time());
    $isWithin = $limits === 'off' || count($times) < $most * (float) $limits;
    must($isWithin, 'too-many-requests', "Try again in $wait seconds.", [], ['Retry-After' => (string) $wait]);
    query('INSERT INTO spent VALUES (?, ?, ?)', $what, $who, time());
}
function reply(string $id): array {
    return must(query('SELECT * FROM reply WHERE id = ?', $id)->fetch(), 'unknown-reply', 'There is no reply with this id.');
}
function ownReply(array $person, string $id): array {
    $reply = reply($id);
    must(isStaff($person) || $reply['author'] === $person['id'], 'not-allowed', 'Only its author may do this.');
    return $reply;
}
function inTime(array $person, int $since): void {
    must(isStaff($person) || time() - $since <= EDIT_SECONDS, 'edit-window-over', 'The time for this is over.');
}
function mustBeThere(array $reply): void {
    must(!$reply['deleted'], 'reply-gone', 'This reply was deleted.');
}
function mustBeOpen(string $thread): void {
    must(!value('SELECT locked FROM thread WHERE id = ?', $thread), 'thread-locked', 'This thread takes nothing more.');
}
function tagsIn(?string $header): array {
    return preg_split('/\s*,\s*/', preg_replace('/(W\/)?"([^"]*)"/', '$2', trim($header ?? '')));
}
function tagged(array $reply): array {
    return [200, shown($reply), ['ETag' => "\"{$reply['revision']}\""]];
}
function mustBeSame(array $reply): void {
    [, $current, $tag] = tagged($reply);
    $isSame = array_intersect(['*', $current['revision']], tagsIn($_SERVER['HTTP_IF_MATCH'] ?? '*'));
    must($isSame, 'revision-changed', 'Somebody was faster.', ['current' => $current], $tag);
}

// ---- Pages (3.)
const ORDERS = [ // What each sorts by, and its cursors hold. An offset would move with every new reply.
    'oldest' => '0 AS score, number AS place', 'newest' => '0 AS score, -number AS place',
    'top' => '-(SELECT count(*) FROM reaction WHERE reply = reply.id AND deleted IS NULL) AS score, number AS place',
];
function numberAsked(string $name, int $most, string $otherwise): int {
    $text = one($name) ?? $otherwise;
    $number = preg_match('/^\d{1,9}$/', $text) ? (int) $text : 0;
    return check($number <= $most ? $number : 0, 'bad-parameter', $name, "it is a number from 1 to $most");
}
function readPage(): array {
    $id = threadId(one('thread'), 'bad-parameter', 'thread');
    $thread = query('SELECT * FROM thread WHERE id = ?', $id)->fetch() ?: ['title' => null, 'url' => null, 'locked' => 0];
    $limit = numberAsked('limit', 100, '50');
    $order = one('order') ?? 'oldest';
    check(ORDERS[$order] ?? null, 'bad-parameter', 'order', 'it is oldest, newest or top');
    $places = query('SELECT ' . ORDERS[$order] . ', number FROM reply WHERE thread = ? ORDER BY score, place', $id)->fetchAll(PDO::FETCH_NUM);
    $total = count($places);
    $asked = array_values(array_filter(['after', 'before', 'around'], 'one'));
    $which = $asked[0] ?? null;
    check(count($asked) < 2, 'bad-parameter', $asked[1] ?? '', "it excludes $which");
    $start = 0;
    if ($which === 'around') {
        $at = array_search(min(numberAsked('around', 999999999, ''), $total), array_column($places, 2), true);
        $start = max(0, min((int) $at - intdiv($limit, 2), $total - $limit));
    } elseif ($which) {
        $isCursor = preg_match("/^$order\\.(-?\\d{1,9})\\.(-?\\d{1,9})\$/", one($which), $cursor);
        check($isCursor, 'bad-cursor', $which, 'it is no cursor of this order');
        $cursor = [(int) $cursor[1], (int) $cursor[2]];
        $ahead = fn ($least) => count(array_filter($places, fn ($place) => ([$place[0], $place[1]] <=> $cursor) < $least));
        $start = $which === 'after' ? min($ahead(1), $total - 1) : max($ahead(0), 1) - $limit;
    }
    $page = array_slice($places, max(0, $start), $limit + min(0, $start));
    $cursor = fn ($place) => "$order.$place[0].$place[1]";
    $tags = array_map(fn ($tag) => ['tag' => $tag, 'label' => TAGS[$tag][0], 'symbol' => TAGS[$tag][1]], array_keys(TAGS));
    return [200, [
        'version' => 1,
        'thread' => [
            'id' => $id, 'title' => $thread['title'], 'url' => $thread['url'], 'total' => $total,
            'locked' => (bool) $thread['locked'], 'features' => FEATURES, 'reactionTags' => $tags,
            'limits' => ['bodyBytes' => BODY_BYTES, 'editSeconds' => EDIT_SECONDS],
        ],
        'replies' => array_map(fn ($place) => shown(query('SELECT * FROM reply WHERE thread = ? AND number = ?', $id, $place[2])->fetch()), $page),
        'previous' => $start > 0 ? $cursor($page[0]) : null,
        'next' => $page && $start + $limit < $total ? $cursor(end($page)) : null,
    ]];
}

// ---- Writing (5. Rules). Each request is one transaction, begun with BEGIN IMMEDIATE: whoever comes at the same time
// waits, so that numbers have no gaps, of two edits one is done, and no Idempotency-Key is ever seen in flight.
function keep(string $id, array $words, string $thread, int $number): void {
    $quotes = quotesIn($words, $thread);
    query('UPDATE reply SET body = ?, format = ?, mentions = ?, quotes = ? WHERE id = ?',
        $words['body'], $words['format'], json($words['mentions']), json($quotes), $id);
    query('DELETE FROM quote WHERE thread = ? AND number = ?', $thread, $number);
    foreach ($quotes as $quote) query('INSERT OR IGNORE INTO quote VALUES (?, ?, ?)', $thread, $quote['number'], $number);
}
function postReply(array $person, array $input): array {
    $thread = threadId(textIn($input, 'thread'), 'invalid-fields', '#/thread');
    $words = wordsIn($input);
    $page = $input['page'] ?? [];
    check(is_array($page), 'bad-body', '#/page', 'an object belongs here');
    $key = $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? null;
    check($key === null || preg_match('/^"[^"\\\\]{1,200}"$/', $key), 'bad-parameter', 'Idempotency-Key', 'it is a text in quotation marks');
    $said = hash('sha256', json([$thread, $words['body'], $words['format'], $input['mentions'] ?? []]));
    $before = $key ? query('SELECT * FROM key WHERE person = ? AND key = ?', $person['id'], $key)->fetch() : false;
    must(!$before || $before['said'] === $said, 'key-reused', 'This key came with another reply.');
    if ($before) {
        $reply = reply($before['reply']);
        return [201, $reply['deleted'] ? shown($reply) : json_decode($before['answer']), ['ETag' => '"1"']];
    }
    mustBeOpen($thread);
    spend('reply', $person['id']);
    $kept = fn ($name, $most, $like) => is_string($page[$name] ?? null) && isText($page[$name]) && strlen($page[$name]) <= $most && preg_match($like, $page[$name]) ? $page[$name] : null;
    query('INSERT OR IGNORE INTO thread (id, title, url) VALUES (?, ?, ?)', $thread, $kept('title', 1000, '//'), $kept('url', 2000, '~^https?://~i'));
    $number = 1 + value('SELECT count(*) FROM reply WHERE thread = ?', $thread);
    $id = bin2hex(random_bytes(8));
    query("INSERT INTO reply (id, thread, number, author, published, format, body, mentions, quotes) VALUES (?, ?, ?, ?, ?, '', '', '', '')",
        $id, $thread, $number, $person['id'], time());
    keep($id, $words, $thread, $number);
    [, $reply, $tag] = tagged(reply($id));
    if ($key) query('INSERT INTO key VALUES (?, ?, ?, ?, ?, ?)', $person['id'], $key, $said, $id, json($reply), time());
    return [201, $reply, $tag + ['Location' => '?' . http_build_query(['thread' => $thread, 'around' => $number])]];
}
function editReply(array $person, array $input, string $id): array {
    $reply = ownReply($person, $id);
    $words = wordsIn($input);
    mustBeThere($reply);
    must($_SERVER['HTTP_IF_MATCH'] ?? null, 'revision-required', 'Name the revision that you changed in If-Match.');
    mustBeSame($reply);
    mustBeOpen($reply['thread']);
    inTime($person, $reply['published']);
    spend('change', $person['id']);
    query('INSERT INTO revision SELECT id, revision, coalesce(edited, published), format, body FROM reply WHERE id = ?', $id);
    query('UPDATE reply SET edited = ?, revision = revision + 1 WHERE id = ?', time(), $id);
    keep($id, $words, $reply['thread'], $reply['number']);
    return tagged(reply($id));
}
function readHistory(?array $person, array $input, string $id): array {
    $texts = reply($id)['deleted'] ? [] : query('SELECT revision, published, format, body FROM revision WHERE reply = ?1 UNION ALL
        SELECT revision, coalesce(edited, published), format, body FROM reply WHERE id = ?1 ORDER BY revision', $id)->fetchAll();
    return [200, array_map(fn ($text) => ['revision' => (string) $text['revision'], 'published' => isoTime($text['published'])] + $text, $texts)];
}
function deleteReply(array $person, array $input, string $id): array {
    $reply = ownReply($person, $id);
    if ($reply['deleted']) return tagged($reply);
    mustBeSame($reply);
    inTime($person, $reply['published']);
    spend('change', $person['id']);
    query('UPDATE reply SET deleted = ?, deleter = ? WHERE id = ?', time(), $person['id'], $id);
    return tagged(reply($id));
}
function restoreReply(array $person, array $input, string $id): array {
    $reply = ownReply($person, $id);
    if (!$reply['deleted']) return tagged($reply);
    must(isStaff($person) || $reply['deleter'] === $person['id'], 'not-allowed', 'A moderator has deleted this.');
    must($reply['body'] !== '', 'edit-window-over', 'Its text is not there any more.');
    inTime($person, $reply['deleted']);
    spend('change', $person['id']);
    query('UPDATE reply SET deleted = NULL, deleter = NULL WHERE id = ?', $id);
    return tagged(reply($id));
}
function react(string $sql, array $person, string $id, string $tag): array {
    $reply = reply($id);
    must(isset(TAGS[$tag]), 'unknown-tag', 'This thread does not offer that reaction.');
    mustBeThere($reply);
    mustBeOpen($reply['thread']);
    if (query($sql, $id, $tag, $person['id'])->rowCount()) spend('react', $person['id']); // A state: twice is no error.
    return [200, reactionsTo($id), []];
}
function postReport(array $person, array $input, string $id): array {
    reply($id);
    $reason = trim(textIn($input, 'reason'));
    $detail = textIn($input, 'detail');
    check($reason !== '' && strlen($reason) <= 60, 'invalid-fields', '#/reason', 'it is a word');
    check(strlen($detail) <= 4000, 'invalid-fields', '#/detail', 'it has more than 4000 bytes');
    $isNew = query('INSERT OR IGNORE INTO report VALUES (?, ?, ?, ?, ?)', $id, $person['id'], $reason, $detail, time())->rowCount();
    if ($isNew) spend('report', $person['id']); // One a person: the second says nothing new.
    return [204, null, []];
}
function postGuest(?array $person, array $input): array {
    $guest = ['id' => bin2hex(random_bytes(8)), 'name' => nameIn($input)];
    spend('guest', $_SERVER['REMOTE_ADDR'] ?? '');
    $token = bin2hex(random_bytes(24));
    query('INSERT INTO person VALUES (?, ?, ?)', $guest['id'], $guest['name'], hash('sha256', $token)); // Nobody reads it there.
    return [201, ['token' => $token, 'person' => personShown($guest)], []];
}

// ---- Who is looking, and what else can be asked (4. Fields).
/** The only personal answer. A token that is no good is like none: reading must not fail because of it. */
function readViewer(?array $person): array {
    $thread = threadId(one('thread'), 'bad-parameter', 'thread');
    $viewer = ['person' => null, 'may' => [], 'replies' => (object) [], 'pending' => []];
    if (!$person) return [200, $viewer, ['Cache-Control' => 'no-store']];
    $theirs = [];
    $chosen = query('SELECT id, tag FROM reaction JOIN reply ON reply.id = reply WHERE person = ? AND thread = ? AND deleted IS NULL', $person['id'], $thread);
    foreach ($chosen as ['id' => $id, 'tag' => $tag]) {
        $theirs[$id] ??= ['reactions' => [], 'may' => [], 'until' => null];
        $theirs[$id]['reactions'][] = $tag;
    }
    $own = query("SELECT id, deleted, coalesce(deleted, published) + ? AS until FROM reply WHERE thread = ?2 AND author = ?3
        AND coalesce(deleter, author) = author AND body <> ''", EDIT_SECONDS, $thread, $person['id']);
    foreach ($own as ['id' => $id, 'deleted' => $deleted, 'until' => $until]) {
        $may = ['may' => $deleted ? ['restore'] : ['edit', 'delete'], 'until' => isoTime($until)];
        if ($until >= time()) $theirs[$id] = $may + ($theirs[$id] ?? ['reactions' => []]);
    }
    $isLocked = value('SELECT locked FROM thread WHERE id = ?', $thread);
    $may = [...($isLocked ? [] : ['reply', 'react']), 'report', ...(isStaff($person) ? ['edit', 'delete', 'restore'] : [])];
    $viewer = ['person' => personShown($person), 'may' => $may, 'replies' => (object) $theirs] + $viewer;
    return [200, $viewer, ['Cache-Control' => 'no-store']];
}
function readPeople(): array {
    $thread = threadId(one('thread'), 'bad-parameter', 'thread');
    $q = preg_quote(trim(one('q') ?? ''), '/');
    $people = query('SELECT person.*, max(thread = ?) AS here FROM person JOIN reply ON author = person.id GROUP BY 1 ORDER BY here DESC, count(*) DESC', $thread);
    $fits = fn ($person) => $q === '' ? $person['here'] : preg_match("/(^|\\s)$q/iu", $person['name']);
    return [200, array_map('personShown', array_slice(array_filter($people->fetchAll(), $fits), 0, 20))];
}
function readCounts(): array {
    $ids = array_map(fn ($id) => threadId($id, 'bad-parameter', 'thread'), all('thread'));
    check(count($ids) >= 1 && count($ids) <= 100, 'bad-parameter', 'thread', '1 to 100 threads are counted');
    $counts = [];
    foreach ($ids as $id) $counts[$id] = value('SELECT count(*) FROM reply WHERE thread = ?', $id);
    return [200, (object) $counts]; // An object also where all ids are numbers.
}

// ---- HTTP (6.)
const ROUTES = [
    ['GET', '/replies', 'readPage'], ['POST', '/replies', 'postReply'], ['GET', '/viewer', 'readViewer'],
    ['PATCH', '/replies/*', 'editReply'], ['DELETE', '/replies/*', 'deleteReply'], ['GET', '/replies/*/history', 'readHistory'],
    ['POST', '/replies/*/restore', 'restoreReply'], ['POST', '/replies/*/reports', 'postReport'], ['POST', '/guests', 'postGuest'],
    ['PUT', '/replies/*/reactions/*', 'choose'], ['DELETE', '/replies/*/reactions/*', 'takeBack'],
    ['GET', '/people', 'readPeople'], ['GET', '/counts', 'readCounts'],
];
function choose(array $person, array $input, string $id, string $tag): array {
    return react('INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)', $person, $id, $tag);
}
function takeBack(array $person, array $input, string $id, string $tag): array {
    return react('DELETE FROM reaction WHERE reply = ? AND tag = ? AND person = ?', $person, $id, $tag);
}
function json(mixed $value): string {
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
/** Who asks. Apache hands the header on only where .htaccess says so, and then under several names. */
function person(): ?array {
    $header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION']
        ?? (function_exists('getallheaders') ? array_change_key_case(getallheaders())['authorization'] ?? '' : '');
    $token = preg_match('/^Bearer +(\S+)$/i', $header, $found) ? $found[1] : '';
    return query('SELECT * FROM person WHERE token = ?', hash('sha256', $token))->fetch() ?: null;
}
function answer(): array {
    must(strlen($_SERVER['REQUEST_URI']) <= 16384, 'address-too-long', 'An address may have 16384 bytes.');
    $path = ($_SERVER['PATH_INFO'] ?? '') ?: explode('?', $_SERVER['REQUEST_URI'])[0];
    $method = strtr($_SERVER['REQUEST_METHOD'], ['HEAD' => 'GET']);
    $pattern = fn ($route) => '~^' . str_replace('*', '([^/]+)', $route[1]) . '$~D';
    $routes = array_filter(ROUTES, fn ($route) => preg_match($pattern($route), $path));
    must($routes, 'unknown-route', 'There is nothing at this address.');
    if ($method === 'OPTIONS') return [204, null, [
        'Access-Control-Allow-Methods' => 'GET, HEAD, POST, PUT, PATCH, DELETE', 'Access-Control-Max-Age' => '7200',
        'Access-Control-Allow-Headers' => 'Authorization, Content-Type, Idempotency-Key, If-Match',
    ]];
    $allow = implode(', ', array_column($routes, 0));
    $found = array_filter($routes, fn ($route) => $route[0] === $method);
    $route = current(must($found, 'method-not-allowed', "This address takes $allow.", [], ['Allow' => $allow]));
    $person = person();
    $isPublic = $method === 'GET' || $route[2] === 'postGuest';
    must($person || $isPublic, 'sign-in-required', 'A token is needed, and none came that is good.', [], ['WWW-Authenticate' => 'Bearer']);
    // The body is read before the transaction begins: a slow client must not keep all others waiting.
    $input = in_array($method, ['POST', 'PATCH']) && $route[2] !== 'restoreReply' ? input() : [];
    preg_match($pattern($route), $path, $parts);
    database()->exec($method === 'GET' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    if ($method !== 'GET') forget();
    $answer = $route[2]($person, $input, ...array_slice($parts, 1));
    database()->exec('COMMIT'); // Where anything is thrown, all of it is undone when the connection ends.
    if ($method !== 'GET' || isset($answer[2])) return $answer;
    $tag = hash('sha256', json($answer[1])); // Of what is sent, not of the time.
    $isKnown = array_intersect(['*', $tag], tagsIn($_SERVER['HTTP_IF_NONE_MATCH'] ?? ''));
    $cached = ['ETag' => "\"$tag\"", 'Cache-Control' => 'public, max-age=10, stale-while-revalidate=60'];
    return $isKnown ? [304, null, $cached] : [200, $answer[1], $cached];
}

ini_set('display_errors', '0'); // Clients hear of a problem; what it was is for the log.
set_error_handler(fn ($level, $text, $file, $line) => throw new ErrorException($text, 0, $level, $file, $line));
try {
    $answer = answer();
} catch (Problem $problem) {
    $answer = $problem->answer();
} catch (Throwable $error) {
    $instance = bin2hex(random_bytes(8));
    error_log("$instance $error");
    $isBusy = $error instanceof PDOException && ($error->errorInfo[1] ?? 0) === 5;
    $answer = ($isBusy ? new Problem('unavailable', 'Too many are writing.', [], ['Retry-After' => '1'])
        : new Problem('internal', 'Try again in a moment.', ['instance' => $instance]))->answer();
}
[$status, $body, $headers] = $answer;
$headers += [
    'Access-Control-Allow-Origin' => '*', 'Access-Control-Expose-Headers' => 'ETag, Location, Retry-After',
    'X-Content-Type-Options' => 'nosniff', 'Cache-Control' => 'no-store', 'Content-Type' => 'application/json',
];
http_response_code($status);
header_remove('X-Powered-By');
foreach ($headers as $name => $value) header("$name: $value");
if ($body !== null && $_SERVER['REQUEST_METHOD'] !== 'HEAD') echo json($body);
