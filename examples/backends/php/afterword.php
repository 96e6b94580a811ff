<?php
// An Afterword backend in one file, for PHP 8.1 or later with PDO SQLite; to try: php -S 127.0.0.1:8080 afterword.php
// It knows no sign-in but guests, draws no pages, and sends no live events, each of which would keep a worker busy.
// Headings name sections of contract/CONTRACT.md, which gives the reasons.
declare(strict_types=1);

const BODY_BYTES = 65536, REQUEST_BYTES = 6 * BODY_BYTES + 16384, EDIT_SECONDS = 900; // In JSON, a byte may be \u0061.
const FEATURES = ['viewer', 'reply', 'guest', 'edit', 'history', 'delete', 'react', 'mention', 'report', 'count'];
const TAGS = [
    ['tag' => 'like', 'label' => 'Like', 'symbol' => '👍'],
    ['tag' => 'thanks', 'label' => 'Thanks', 'symbol' => '🙏'],
];
const RATES = [ // So many in so many seconds.
    'guest' => [10, 3600], 'reply' => [10, 60], 'edit' => [30, 60], 'react' => [60, 60], 'report' => [20, 3600],
];

/** A setting from the environment, or from `SetEnv`, which some servers hand on under another name. */
function option(string $name, string $otherwise): string {
    return (string) ($_SERVER[$name] ?? $_SERVER["REDIRECT_$name"] ?? (getenv($name) ?: $otherwise));
}

// ---- Problems (6. HTTP): whatever is wrong with a request is thrown, and written out in one place.
const PARAMETER = '400 bad-parameter', BAD_BODY = '400 bad-body', INVALID = '422 invalid-fields';
class Problem extends Exception {
    public readonly array $answer;
    public function __construct(string $kind, string $detail, array $more = [], array $headers = []) {
        parent::__construct($detail);
        [$status, $name] = [(int) $kind, substr($kind, 4)];
        $title = ucfirst(strtr($name, '-', ' '));
        $body = ['type' => "urn:afterword:problem:$name", 'title' => $title, 'status' => $status, 'detail' => $detail];
        $this->answer = [$status, $body + $more, ['Content-Type' => 'application/problem+json'] + $headers];
    }
}
/** The value, if there is one; a problem otherwise. */
function must(mixed $value, string $kind, string $detail, array $more = [], array $headers = []): mixed {
    return $value ?: throw new Problem($kind, $detail, $more, $headers);
}
function check(mixed $value, string $kind, string $pointer, string $detail): mixed {
    return must($value, $kind, "$pointer: $detail.", ['errors' => [['pointer' => $pointer, 'detail' => $detail]]]);
}

// ---- What is kept: one SQLite file.
const SCHEMA = <<<'SQL'
    CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE);
    CREATE TABLE thread (id TEXT PRIMARY KEY, title TEXT, url TEXT, locked INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE reply (id TEXT PRIMARY KEY, thread TEXT NOT NULL, number INTEGER NOT NULL, author TEXT NOT NULL,
        published INTEGER NOT NULL, edited INTEGER, revision INTEGER NOT NULL DEFAULT 1, deleted INTEGER, deleter TEXT,
        format TEXT, body TEXT, mentions TEXT, quotes TEXT, past TEXT NOT NULL DEFAULT '[]', UNIQUE (thread, number));
    CREATE INDEX reply_author ON reply (author);
    CREATE INDEX reply_deleted ON reply (deleted) WHERE deleted IS NOT NULL;
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
    $isTrial = PHP_SAPI === 'cli-server'; // That one hands out no files: it asks this one for everything.
    $root = realpath($_SERVER['DOCUMENT_ROOT']);
    $file = option('AFTERWORD_DATABASE', ($isTrial ? $root : dirname($root)) . '/afterword.sqlite');
    $isPublic = !$isTrial && str_starts_with(realpath(dirname($file)) . '/', "$root/");
    if ($isPublic) throw new Exception("Anybody could fetch $file: set AFTERWORD_DATABASE to a file outside of $root.");
    umask(0077);
    $db = new PDO("sqlite:$file", options: [PDO::ATTR_TIMEOUT => 5, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
    $db->exec('PRAGMA secure_delete = ON'); // What is deleted is overwritten.
    if (value('PRAGMA user_version') === 1) return $db;
    $db->exec('BEGIN IMMEDIATE'); // Several may come first, at once.
    if (value('PRAGMA user_version') === 0) $db->exec(SCHEMA);
    $db->exec('COMMIT');
    return $db;
}
function query(string $sql, mixed ...$values): PDOStatement {
    $statement = database()->prepare($sql);
    $statement->execute($values);
    return $statement;
}
function row(string $sql, mixed ...$values): array|false { return query($sql, ...$values)->fetch(); }
function value(string $sql, mixed ...$values): mixed { return query($sql, ...$values)->fetchColumn(); }
/** With the next write goes what nobody can bring back. */
function forget(): void {
    $gone = 'SELECT id FROM reply WHERE deleted < ' . (time() - EDIT_SECONDS) . " AND body <> ''";
    query("UPDATE key SET answer = NULL WHERE reply IN ($gone)");
    query("DELETE FROM reaction WHERE reply IN ($gone)");
    query("UPDATE reply SET body = '', mentions = '[]', quotes = '[]', past = '[]' WHERE id IN ($gone)");
    query('DELETE FROM key WHERE at < ?', time() - 86400);
    query('DELETE FROM spent WHERE at < ?', time() - 3600);
}

// ---- What is shown (4. Fields): chosen field by field, so that nothing private slips in.
function isoTime(?int $time): ?string { return $time === null ? null : gmdate('Y-m-d\TH:i:s\Z', $time); }
function person(?string $id): ?array {
    return row("SELECT id, name, 'guest' AS role, (SELECT count(*) FROM reply WHERE author = person.id) AS posts
        FROM person WHERE id = ?", $id) ?: null;
}
/** Rows are counted: a counter could drift. */
function reactionsTo(string $id): array {
    $shown = [];
    foreach (TAGS as ['tag' => $tag]) {
        $people = query('SELECT person.id, name FROM reaction JOIN person ON person.id = person
            WHERE reply = ? AND tag = ? ORDER BY reaction.rowid', $id, $tag)->fetchAll();
        if ($people) $shown[] = ['tag' => $tag, 'count' => count($people), 'people' => $people];
    }
    return $shown;
}
/** A reply as everybody may see it: of a deleted one only that it was there. */
function shown(array $reply): array {
    $isThere = $reply['deleted'] === null;
    return [
        'id' => $reply['id'], 'number' => $reply['number'], 'author' => person($reply['author']),
        'published' => isoTime($reply['published']), 'edited' => isoTime($reply['edited']),
        'revision' => "$reply[revision]", 'status' => $isThere ? 'published' : 'deleted', 'format' => $reply['format'],
        'body' => $isThere ? $reply['body'] : '', 'mentions' => $isThere ? json_decode($reply['mentions']) : [],
        'quotes' => $isThere ? json_decode($reply['quotes']) : [],
        'reactions' => $isThere ? reactionsTo($reply['id']) : [],
    ];
}
/** The answer to what was done to a reply: the reply as it now is, with its revision as tag. */
function answerWith(string $id): array {
    $reply = shown(reply($id));
    return [200, $reply, ['ETag' => "\"$reply[revision]\""]];
}
/** All texts of a reply, the present one last. */
function textsOf(array $reply): array {
    $present = ['revision' => "$reply[revision]", 'published' => isoTime($reply['edited'] ?? $reply['published']),
        'format' => $reply['format'], 'body' => $reply['body']];
    return [...json_decode($reply['past']), $present];
}

// ---- Quotes (5. Rules): a blockquote whose first line begins with a link to `#reply-N`.
/** The words alone, with a space around each, and around each sign of scripts that part no words by spaces. */
function words(string $text): string {
    $text = preg_replace('/\]\([^()\n]*\)/', ' ', $text); // Where a link leads is none of them.
    $text = preg_replace('/[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]/u', ' $0 ', $text);
    return ' ' . trim(preg_replace('/[^\p{L}\p{N}\p{M}]+/u', ' ', $text)) . ' ';
}
/**
 * What a text quotes, outermost quotes only. `exact` is whether the words stand in the source, one after the other; it
 * is null where nobody can tell: the source is gone, words are left out, or the quote holds another one.
 */
function quotesIn(string $body, string $thread): array {
    $quotes = [];
    $code = '/^ {0,3}(```|~~~).*?(^ {0,3}\1|\z)/ms'; // It quotes nobody.
    $link = '/\A {0,3}\[(?:[^\[\]\\\\]++|\\\\.)*+\]\(#reply-([1-9]\d{0,8})\)(.*)\n?/';
    $body = preg_replace(['/\r\n?/', $code], ["\n", ''], $body);
    preg_match_all('/((?:^ {0,3}>.*+(?:\n|\z))++)(.*)/m', $body, $blocks, PREG_SET_ORDER);
    foreach (array_slice($blocks, 0, 50) as [, $block, $next]) {
        $said = preg_replace('/^ {0,3}> ?/m', '', $block);
        if (!preg_match($link, $said, $found)) continue; // Somebody from elsewhere.
        $said = substr($said, strlen($found[0]));
        if (strlen($found[2]) > 80 || trim($said) === '') $said = "$found[2]\n$said"; // "wrote:" is nobody's word.
        $source = value('SELECT body FROM reply WHERE thread = ? AND number = ? AND deleted IS NULL',
            $thread, $found[1]);
        $own = preg_replace('/^ {0,3}>.*$/m', '', $source ?: ''); // What somebody quotes, they did not say.
        $isAll = trim($next) === '' && !preg_match('/^ {0,3}>|…|\[\.{3}\]/m', $said);
        $exact = $source && $isAll && trim(words($said)) !== '' ? str_contains(words($own), words($said)) : null;
        $quotes[] = ['number' => (int) $found[1], 'exact' => $exact];
    }
    return $quotes;
}

// ---- What comes in: every field is looked at before it is believed.
function isText(mixed $text): bool {
    return is_string($text) && preg_match('//u', $text) && !str_contains($text, "\0");
}
function one(string $name): ?string {
    check(isText($_GET[$name] ?? ''), PARAMETER, $name, 'it is one text in UTF-8');
    return ($_GET[$name] ?? '') === '' ? null : $_GET[$name];
}
/** A number out of bounds is the nearest within. */
function numberAsked(string $name, int $most, string $otherwise): int {
    return max(1, min($most, (int) (one($name) ?? $otherwise)));
}
function threadIn(mixed $id, string $kind, string $pointer): string {
    check(isText($id) && $id !== '' && strlen($id) <= 2000, $kind, $pointer, 'it is a text of 1 to 2000 bytes');
    return $id;
}
function threadAsked(): string { return threadIn(one('thread'), PARAMETER, 'thread'); }
function input(): array {
    $isJson = preg_match('~^application/json *(;|$)~i', $_SERVER['CONTENT_TYPE'] ?? '');
    must($isJson, '415 not-json', 'Send application/json.');
    $text = file_get_contents('php://input', length: REQUEST_BYTES + 1);
    must(strlen($text) <= REQUEST_BYTES, '413 body-too-large', 'A request may have ' . REQUEST_BYTES . ' bytes.');
    $input = str_starts_with(ltrim($text), '{') ? json_decode($text, true, 64) : null;
    check(is_array($input), BAD_BODY, '#', 'an object in JSON, as UTF-8, belongs here');
    return $input;
}
function textIn(array $input, string $name, string $within = '#'): string {
    $text = $input[$name] ?? ''; // null means "not given".
    check(is_string($text), BAD_BODY, "$within/$name", 'a text belongs here');
    check(isText($text), INVALID, "$within/$name", 'it holds a NUL');
    return $text;
}
/** The text of a new reply or of an edit. Whom it mentions is looked up here, whatever the client says. */
function wordsIn(array $input): array {
    [$body, $format] = [textIn($input, 'body'), textIn($input, 'format') ?: 'markdown'];
    $list = $input['mentions'] ?? [];
    $seen = '/[^\s\p{Cc}\p{Cf}\p{Z}\x{34f}\x{2800}\x{3164}\x{fe0f}]/u';
    check(preg_match($seen, $body), INVALID, '#/body', 'it holds no text');
    check(strlen($body) <= BODY_BYTES, INVALID, '#/body', 'it has more than ' . BODY_BYTES . ' bytes');
    check(in_array($format, ['markdown', 'text'], true), INVALID, '#/format', 'only markdown and text are taken here');
    check(is_array($list) && array_is_list($list), BAD_BODY, '#/mentions', 'a list of people belongs here');
    check(count($list) <= 10, INVALID, '#/mentions', 'at most ten people can be mentioned');
    $mentions = [];
    foreach ($list as $one) {
        $one ??= [];
        check(is_array($one) && !isset($one[0]), BAD_BODY, '#/mentions', 'a person belongs here');
        $person = row('SELECT id, name FROM person WHERE id = ?', textIn($one, 'id', '#/mentions'));
        $name = $person['name'] ?? '';
        $ways = preg_quote($name, '~') . '|"' . preg_quote(addcslashes($name, '"\\'), '~') . '"';
        if ($person && preg_match("~@($ways)~iu", $body)) $mentions[$person['id']] = $person;
    }
    return ['body' => $body, 'format' => $format, 'mentions' => array_values($mentions)];
}

// ---- Who may do what, and how often.
function spend(string $what, string $who): void {
    [$most, $seconds] = RATES[$what];
    $recent = query('SELECT at FROM spent WHERE what = ? AND who = ? AND at > ? ORDER BY at',
        $what, $who, time() - $seconds);
    $times = $recent->fetchAll(PDO::FETCH_COLUMN);
    $limits = option('AFTERWORD_LIMITS', '1');
    $wait = max(1, ($times[0] ?? 0) + $seconds - time());
    $isWithin = $limits === 'off' || count($times) < $most * (float) $limits;
    must($isWithin, '429 too-many-requests', "Try again in $wait seconds.", [], ['Retry-After' => (string) $wait]);
    query('INSERT INTO spent VALUES (?, ?, ?)', $what, $who, time());
}
function reply(string $id): array {
    return must(row('SELECT * FROM reply WHERE id = ?', $id), '404 unknown-reply', 'There is no reply with this id.');
}
function ownReply(array $person, string $id): array {
    must(reply($id)['author'] === $person['id'], '403 not-allowed', 'Only its author may do this.');
    return reply($id);
}
function isLocked(string $thread): bool { return (bool) value('SELECT locked FROM thread WHERE id = ?', $thread); }
function mustBeOpen(string $thread, ?int $deleted): void {
    must($deleted === null, '409 reply-gone', 'This reply was deleted.');
    must(!isLocked($thread), '403 thread-locked', 'This thread takes nothing more.');
}
/** The tags in If-Match or If-None-Match; proxies that compress make them weak. */
function tagsIn(string $header): array {
    return preg_split('/\s*,\s*/', preg_replace('/(W\/)?"([^"]*)"/', '$2', trim($header)));
}
/** A reply can be changed while it is young, by somebody who knows it as it is. */
function mustBeFresh(array $reply): void {
    $isSame = array_intersect(['*', $reply['revision']], tagsIn($_SERVER['HTTP_IF_MATCH'] ?? '*'));
    [, $current, $tag] = answerWith($reply['id']);
    must($isSame, '412 revision-changed', 'Somebody was faster.', ['current' => $current], $tag);
    $isYoung = time() - ($reply['deleted'] ?? $reply['published']) <= EDIT_SECONDS;
    must($isYoung, '403 edit-window-over', 'The time for this is over.');
}

// ---- Pages (3.)
const ORDERS = [ // What each sorts by, and its cursors hold. An offset would move with every new reply.
    'oldest' => '0 AS score, number AS place', 'newest' => '0 AS score, -number AS place',
    'top' => '-(SELECT count(*) FROM reaction WHERE reply = reply.id AND deleted IS NULL) AS score, number AS place',
];
function readPage(): array {
    [$id, $order, $limit] = [threadAsked(), one('order') ?? 'oldest', numberAsked('limit', 100, '50')];
    $sorted = check(ORDERS[$order] ?? '', PARAMETER, 'order', 'it is oldest, newest or top');
    $rows = query("SELECT $sorted, number FROM reply WHERE thread = ? ORDER BY score, place", $id);
    $places = $rows->fetchAll(PDO::FETCH_NUM);
    [$start, $total] = [0, count($places)];
    $given = array_filter(['after', 'before', 'around'], fn ($name) => one($name) !== null);
    [$which, $another] = [...$given, null, null];
    check(!$another, PARAMETER, "$another", "it excludes $which");
    if ($which === 'around') {
        $at = array_search(numberAsked('around', $total, '1'), array_column($places, 2), true);
        $start = max(0, min((int) $at - intdiv($limit, 2), $total - $limit));
    } elseif ($which) {
        $isCursor = preg_match("/^$order\\.(-?\\d{1,9})\\.(-?\\d{1,9})\$/D", one($which), $cursor);
        check($isCursor, '400 bad-cursor', $which, 'it is no cursor of this order');
        $far = fn ($place) => [$place[0], $place[1]] <=> [(int) $cursor[1], (int) $cursor[2]]; // -1 before the cursor.
        $ahead = fn ($least) => count(array_filter($places, fn ($place) => $far($place) < $least));
        $start = $which === 'after' ? min($ahead(1), $total - 1) : max($ahead(0), 1) - $limit;
    }
    $page = array_slice($places, max(0, $start), $limit + min(0, $start));
    $cursorOf = fn ($place) => "$order.$place[0].$place[1]";
    $reply = fn ($place) => shown(row('SELECT * FROM reply WHERE thread = ? AND number = ?', $id, $place[2]));
    $thread = row('SELECT title, url FROM thread WHERE id = ?', $id) ?: ['title' => null, 'url' => null];
    $limits = ['bodyBytes' => BODY_BYTES, 'editSeconds' => EDIT_SECONDS];
    return [200, [
        'version' => 1, 'thread' => $thread + ['id' => $id, 'total' => $total, 'locked' => isLocked($id),
            'features' => FEATURES, 'reactionTags' => TAGS, 'limits' => $limits],
        'replies' => array_map($reply, $page),
        'previous' => $start > 0 ? $cursorOf($page[0]) : null,
        'next' => $page && $start + $limit < $total ? $cursorOf(end($page)) : null,
    ]];
}

// ---- Writing (5. Rules). Each request is one transaction, begun with BEGIN IMMEDIATE: whoever comes at the same time
// waits. So numbers have no gaps, of two edits one is done, and no Idempotency-Key is ever met in flight.
/** Gives a reply its words, and answers with it. */
function keep(string $id, array $words): array {
    $quotes = $words['format'] === 'markdown' ? quotesIn($words['body'], reply($id)['thread']) : [];
    query('UPDATE reply SET body = ?, format = ?, mentions = ?, quotes = ? WHERE id = ?',
        $words['body'], $words['format'], json($words['mentions']), json($quotes), $id);
    return answerWith($id);
}
function postReply(array $person, array $input): array {
    [$thread, $words] = [threadIn($input['thread'] ?? '', INVALID, '#/thread'), wordsIn($input)];
    [$key, $page] = [$_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? '', $input['page'] ?? []];
    check(strlen($key) <= 200, PARAMETER, 'Idempotency-Key', 'it has more than 200 bytes');
    check(is_array($page), BAD_BODY, '#/page', 'an object belongs here');
    $said = hash('sha256', json([$thread, $words['body'], $words['format'], $input['mentions'] ?? []]));
    $before = row('SELECT * FROM key WHERE person = ? AND key = ?', $person['id'], $key);
    must(!$before || $before['said'] === $said, '422 key-reused', 'This key came with another reply.');
    if ($before) {
        $first = reply($before['reply'])['deleted'] ? shown(reply($before['reply'])) : json_decode($before['answer']);
        return [201, $first, ['ETag' => '"1"']];
    }
    mustBeOpen($thread, null);
    spend('reply', $person['id']);
    [$title, $url] = [textIn($page, 'title', '#/page'), textIn($page, 'url', '#/page')];
    query('INSERT OR IGNORE INTO thread (id, title, url) VALUES (?, ?, ?)', $thread,
        strlen($title) <= 1000 ? $title : null, preg_match('~^https?://.{1,1990}$~iD', $url) ? $url : null);
    $number = 1 + value('SELECT count(*) FROM reply WHERE thread = ?', $thread); // Rows are never removed.
    $id = bin2hex(random_bytes(8));
    query('INSERT INTO reply (id, thread, number, author, published) VALUES (?, ?, ?, ?, ?)',
        $id, $thread, $number, $person['id'], time());
    [, $reply, $headers] = keep($id, $words);
    if ($key) query('INSERT INTO key VALUES (?, ?, ?, ?, ?, ?)', $person['id'], $key, $said, $id, json($reply), time());
    $query = http_build_query(['thread' => $thread, 'around' => $number]);
    return [201, $reply, $headers + ['Location' => "?$query"]];
}
function editReply(array $person, array $input, string $id): array {
    [$words, $reply] = [wordsIn($input), ownReply($person, $id)];
    must($_SERVER['HTTP_IF_MATCH'] ?? null, '428 revision-required', 'Name the revision that you changed in If-Match.');
    mustBeOpen($reply['thread'], $reply['deleted']);
    mustBeFresh($reply);
    spend('edit', $person['id']);
    query('UPDATE reply SET edited = ?, revision = revision + 1, past = ? WHERE id = ?',
        time(), json(textsOf($reply)), $id);
    return keep($id, $words);
}
function readHistory(?array $person, array $input, string $id): array {
    return [200, reply($id)['deleted'] ? [] : textsOf(reply($id))];
}
/** Deletes a reply, or brings it back. Its row stays: a number is never used again. */
function setDeleted(bool $isDeleted, array $person, array $input, string $id): array {
    $reply = ownReply($person, $id);
    if ($isDeleted === ($reply['deleted'] !== null)) return answerWith($id);
    must($isDeleted || $reply['deleter'] === $person['id'], '403 not-allowed', 'Somebody else has deleted this.');
    mustBeFresh($reply);
    spend('edit', $person['id']);
    [$deleted, $deleter] = $isDeleted ? [time(), $person['id']] : [null, null];
    query('UPDATE reply SET deleted = ?, deleter = ? WHERE id = ?', $deleted, $deleter, $id);
    return answerWith($id);
}
function react(bool $isChosen, array $person, array $input, string $id, string $tag): array {
    $reply = reply($id);
    $isOffered = in_array($tag, array_column(TAGS, 'tag'), true);
    must($isOffered, '404 unknown-tag', 'This thread does not offer that reaction.');
    mustBeOpen($reply['thread'], $reply['deleted']);
    $change = $isChosen ? 'INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)'
        : 'DELETE FROM reaction WHERE reply = ? AND tag = ? AND person = ?';
    $isNew = query($change, $id, $tag, $person['id'])->rowCount(); // A state: choosing twice is no error.
    if ($isNew) spend('react', $person['id']);
    return [200, reactionsTo($id)];
}
function postReport(array $person, array $input, string $id): array {
    [$reason, $detail] = [trim(textIn($input, 'reason')), textIn($input, 'detail')];
    check($reason !== '' && strlen("$reason$detail") <= 4000, INVALID, '#/reason', 'it is a word, with no long detail');
    $values = [reply($id)['id'], $person['id'], $reason, $detail, time()];
    $isNew = query('INSERT OR IGNORE INTO report VALUES (?, ?, ?, ?, ?)', ...$values)->rowCount(); // One a person.
    if ($isNew) spend('report', $person['id']);
    return [204, null];
}
function postGuest(?array $person, array $input): array {
    $name = preg_replace('/^[\s\p{Z}]+|[\s\p{Z}]+$/u', '', textIn($input, 'name'));
    $isName = preg_match('/^(?=.*[\p{L}\p{N}\p{So}])[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{2800}\x{3164}]{1,64}$/u', $name);
    check($isName, INVALID, '#/name', 'it has 1 to 64 characters, one of them a letter, and none that nobody can see');
    $isStaff = preg_match('/^(admin|administrator|moderator|staff)$/i', $name);
    check(!$isStaff, INVALID, '#/name', 'it looks like a name of the staff');
    spend('guest', $_SERVER['REMOTE_ADDR']);
    [$id, $token] = [bin2hex(random_bytes(8)), bin2hex(random_bytes(24))];
    query('INSERT INTO person VALUES (?, ?, ?)', $id, $name, hash('sha256', $token)); // A thief has no use for that.
    return [201, ['token' => $token, 'person' => person($id)]];
}

// ---- Who is looking, and what else can be asked (4. Fields).
/** The only personal answer. A token that is no good is like none: reading must not fail because of it. */
function readViewer(?array $person): array {
    [$thread, $who, $theirs] = [threadAsked(), $person['id'] ?? '', []];
    $rows = query('SELECT id, deleted, coalesce(deleted, published) + ?2 AS until,
        author = ?1 AND coalesce(deleter, author) = author AS isTheirs,
        (SELECT group_concat(tag) FROM reaction WHERE reply = reply.id AND person = ?1 AND deleted IS NULL) AS tags
        FROM reply WHERE thread = ?3', $who, EDIT_SECONDS, $thread);
    foreach ($rows as ['id' => $id, 'deleted' => $deleted, 'until' => $until, 'isTheirs' => $own, 'tags' => $tags]) {
        $mayChange = $own && $until >= time();
        if (!$mayChange && !$tags) continue;
        $may = $deleted === null ? ['edit', 'delete'] : ['restore'];
        $theirs[$id] = ['reactions' => $tags ? explode(',', $tags) : [], 'may' => $mayChange ? $may : [],
            'until' => $mayChange ? isoTime($until) : null];
    }
    $may = isLocked($thread) ? ['report'] : ['reply', 'react', 'report'];
    $viewer = ['person' => $person, 'may' => $person ? $may : [], 'replies' => (object) $theirs, 'pending' => []];
    return [200, $viewer, ['Cache-Control' => 'no-store']];
}
function readPeople(): array {
    [$q, $thread] = [preg_quote(trim(one('q') ?? ''), '/'), threadAsked()];
    $all = query('SELECT person.id, name, max(thread = ?) AS isHere FROM person JOIN reply ON author = person.id
        GROUP BY person.id ORDER BY isHere DESC, count(*) DESC', $thread)->fetchAll();
    $fits = fn ($one) => $q === '' ? $one['isHere'] : preg_match("/(^|\\s)$q/iu", $one['name']);
    return [200, array_map('person', array_column(array_slice(array_filter($all, $fits), 0, 20), 'id'))];
}
function readCounts(): array {
    preg_match_all('/(?<=^|&)thread=([^&]*)/', $_SERVER['QUERY_STRING'] ?? '', $found); // $_GET has only the last one.
    $ids = array_map(fn ($id) => threadIn(urldecode($id), PARAMETER, 'thread'), $found[1]);
    check(count($ids) >= 1 && count($ids) <= 100, PARAMETER, 'thread', '1 to 100 threads are counted');
    $counts = array_map(fn ($id) => value('SELECT count(*) FROM reply WHERE thread = ?', $id), $ids);
    return [200, (object) array_combine($ids, $counts)]; // An object also where all ids are numbers.
}

// ---- HTTP (6.)
function json(mixed $value): string {
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
/** Who asks. Apache hands the header on only where .htaccess says so, and then under several names. */
function whoAsks(): ?array {
    $all = function_exists('getallheaders') ? array_change_key_case(getallheaders()) : [];
    $header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? $all['authorization'] ?? '';
    $token = preg_match('/^Bearer +(\S+)$/i', $header, $found) ? hash('sha256', $found[1]) : '';
    return person(value('SELECT id FROM person WHERE token = ?', $token) ?: null);
}
/** Handlers by path and method. They get who asks, what came in, and what stands for `*`: a reply's id, and a tag. */
function routes(): array {
    return [
        '/replies' => ['GET' => 'readPage', 'POST' => 'postReply'],
        '/replies/*' => ['PATCH' => 'editReply', 'DELETE' => fn (...$asked) => setDeleted(true, ...$asked)],
        '/replies/*/restore' => ['POST' => fn (...$asked) => setDeleted(false, ...$asked)],
        '/replies/*/reactions/*' => [
            'PUT' => fn (...$asked) => react(true, ...$asked), 'DELETE' => fn (...$asked) => react(false, ...$asked),
        ],
        '/replies/*/history' => ['GET' => 'readHistory'], '/replies/*/reports' => ['POST' => 'postReport'],
        '/guests' => ['POST' => 'postGuest'], '/viewer' => ['GET' => 'readViewer'],
        '/people' => ['GET' => 'readPeople'], '/counts' => ['GET' => 'readCounts'],
    ];
}
const PREFLIGHT = [
    'Access-Control-Allow-Methods' => 'GET, HEAD, POST, PUT, PATCH, DELETE', 'Access-Control-Max-Age' => '7200',
    'Access-Control-Allow-Headers' => 'Authorization, Content-Type, Idempotency-Key, If-Match',
];
const COMMON = [
    'Access-Control-Allow-Origin' => '*', 'Access-Control-Expose-Headers' => 'ETag, Location, Retry-After',
    'X-Content-Type-Options' => 'nosniff', 'Cache-Control' => 'no-store', 'Content-Type' => 'application/json',
];
function answer(): array {
    must(strlen($_SERVER['REQUEST_URI']) <= 16384, '414 address-too-long', 'An address may have 16384 bytes.');
    $path = ($_SERVER['PATH_INFO'] ?? '') ?: explode('?', $_SERVER['REQUEST_URI'])[0];
    $method = strtr($_SERVER['REQUEST_METHOD'], ['HEAD' => 'GET']);
    $pattern = fn ($route) => '~^' . str_replace('*', '([^/]+)', $route) . '$~D';
    $found = array_filter(routes(), fn ($route) => preg_match($pattern($route), $path), ARRAY_FILTER_USE_KEY);
    $methods = current(must($found, '404 unknown-route', 'There is nothing at this address.'));
    if ($method === 'OPTIONS') return [204, null, PREFLIGHT];
    $allow = implode(', ', array_keys($methods));
    $handle = $methods[$method] ?? null;
    must($handle, '405 method-not-allowed', "This address takes $allow.", [], ['Allow' => $allow]);
    $person = whoAsks();
    must($person || $method === 'GET' || $path === '/guests', '401 sign-in-required',
        'A token is needed, and none came that is good.', [], ['WWW-Authenticate' => 'Bearer']);
    // What comes in is read before the transaction begins: a slow client must not keep all others waiting.
    $input = is_string($handle) && $method !== 'GET' ? input() : [];
    preg_match($pattern(key($found)), $path, $parts);
    database()->exec($method === 'GET' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    if ($method !== 'GET') forget();
    $answer = $handle($person, $input, ...array_slice($parts, 1));
    database()->exec('COMMIT'); // What was thrown before is undone when the connection ends.
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
    $answer = $problem->answer;
} catch (Throwable $error) {
    $instance = bin2hex(random_bytes(8));
    error_log("$instance $error");
    $isBusy = $error instanceof PDOException && ($error->errorInfo[1] ?? 0) === 5; // SQLite waited in vain.
    $answer = ($isBusy ? new Problem('503 unavailable', 'Too many are writing.', [], ['Retry-After' => '1'])
        : new Problem('500 internal', 'Try again in a moment.', ['instance' => $instance]))->answer;
}
[$status, $body, $headers] = [...$answer, []];
http_response_code($status);
header_remove('X-Powered-By');
foreach ($headers + COMMON as $name => $value) header("$name: $value");
if ($body !== null && $_SERVER['REQUEST_METHOD'] !== 'HEAD') echo json($body);
