<?php
// An Afterword backend in one file, for PHP 8.1 or later with PDO SQLite; to try: php -S 127.0.0.1:8080 afterword.php
// It knows no sign-in but guests, draws no pages, and sends no live events, each of which would keep a worker busy.
// Headings name steps and sections of contract/CONTRACT.md, which gives the reasons.
declare(strict_types=1);

const BODY_BYTES = 65536, REQUEST_BYTES = 6 * BODY_BYTES + 16384; // In JSON, a byte may be \u0061.
const EDIT_SECONDS = 900, WRITES_A_MINUTE = 30, GUESTS_AN_HOUR = 10;
const FEATURES = ['viewer', 'reply', 'guest', 'edit', 'delete', 'react'];
const TAGS = [
    ['tag' => 'like', 'label' => 'Like', 'symbol' => '👍'],
    ['tag' => 'thanks', 'label' => 'Thanks', 'symbol' => '🙏'],
];

// ---- Errors (section 5): whatever is wrong with a request is thrown, and written out in one place.
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

// ---- What is kept (section 1): one SQLite file.
const SCHEMA = <<<'SQL'
    PRAGMA secure_delete = ON; -- What is deleted is overwritten.
    CREATE TABLE IF NOT EXISTS person (id TEXT PRIMARY KEY, name TEXT, token TEXT UNIQUE);
    CREATE TABLE IF NOT EXISTS thread (id TEXT PRIMARY KEY, title TEXT, url TEXT,
        locked INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS reply (id TEXT PRIMARY KEY, thread TEXT, number INTEGER, author TEXT,
        published INTEGER, edited INTEGER, deleted INTEGER, revision INTEGER NOT NULL DEFAULT 1,
        format TEXT, body TEXT, quotes TEXT, UNIQUE (thread, number));
    CREATE INDEX IF NOT EXISTS reply_deleted ON reply (deleted) WHERE deleted IS NOT NULL AND body <> '';
    CREATE TABLE IF NOT EXISTS reaction (reply TEXT, tag TEXT, person TEXT, UNIQUE (reply, tag, person));
    CREATE TABLE IF NOT EXISTS key (person TEXT, key TEXT, said TEXT, reply TEXT, at INTEGER, UNIQUE (person, key));
    CREATE TABLE IF NOT EXISTS spent (who TEXT, at INTEGER);
    CREATE INDEX IF NOT EXISTS spent_who ON spent (who, at);
    SQL;
/** A setting from the environment, or from `SetEnv`, which some servers hand on under another name. */
function option(string $name, string $otherwise): string {
    return (string) ($_SERVER[$name] ?? $_SERVER["REDIRECT_$name"] ?? (getenv($name) ?: $otherwise));
}
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
    $db->exec(SCHEMA);
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
    query("UPDATE reply SET body = '', quotes = '[]' WHERE deleted < ? AND body <> ''", time() - EDIT_SECONDS);
    query('DELETE FROM key WHERE at < ?', time() - 86400);
    query('DELETE FROM spent WHERE at < ?', time() - 3600);
}

// ---- What is shown (section 4): chosen field by field, so that nothing private slips in.
function isoTime(?int $time): ?string { return $time === null ? null : gmdate('Y-m-d\TH:i:s\Z', $time); }
function person(string $id): ?array {
    return row("SELECT id, name, 'guest' AS role FROM person WHERE id = ?", $id) ?: null;
}
/** An unknown thread is an empty one. */
function thread(string $id): array {
    $known = row('SELECT id, title, url, locked, total FROM thread WHERE id = ?', $id);
    $thread = $known ?: ['id' => $id, 'locked' => 0, 'total' => 0];
    return ['locked' => (bool) $thread['locked']] + $thread;
}
function reply(string $id): array {
    return must(row('SELECT * FROM reply WHERE id = ?', $id), '404 unknown-reply', 'There is no reply with this id.');
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
        'body' => $isThere ? $reply['body'] : '', 'quotes' => $isThere ? json_decode($reply['quotes']) : [],
        'reactions' => $isThere ? reactionsTo($reply['id']) : [],
    ];
}
/** The answer to what was done to a reply: the reply as it now is, with its revision as tag. */
function answerWith(string $id, int $status = 200, array $headers = []): array {
    $reply = shown(reply($id));
    return [$status, $reply, ['ETag' => "\"$reply[revision]\""] + $headers];
}

// ---- What comes in: every field is looked at before it is believed.
/** UTF-8, and no NUL in it. */
function isText(mixed $text): bool { return is_string($text) && preg_match('/^[^\0]*+$/Du', $text); }
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
/** The text of a new reply or of an edit, its format, and what it quotes. */
function wordsIn(array $input): array {
    [$body, $format] = [textIn($input, 'body'), textIn($input, 'format') ?: 'markdown'];
    check(preg_match('/[^\s\p{Cc}\p{Cf}\p{Z}]/u', $body), INVALID, '#/body', 'it holds no text');
    check(strlen($body) <= BODY_BYTES, INVALID, '#/body', 'it has more than ' . BODY_BYTES . ' bytes');
    check(in_array($format, ['markdown', 'text'], true), INVALID, '#/format', 'only markdown and text are taken here');
    check(is_array($input['mentions'] ?? []), BAD_BODY, '#/mentions', 'a list belongs here');
    return [$body, $format, json($format === 'markdown' ? quotesIn($body) : [])];
}
/** Blockquotes that begin with a link to `#reply-N` (step 6). Whether the words are right is checked by nobody. */
function quotesIn(string $body): array {
    $code = '/^ {0,3}(```|~~~).*?(^ {0,3}\1|\z)/ms'; // It quotes nobody.
    $outside = '(?:\A|^(?! {0,3}>).*\n)'; // The line before is of no quote.
    $link = ' {0,3}> ?\[(?:[^\[\]\\\\\n]++|\\\\.)*+\]\(#reply-([1-9]\d{0,8})\)';
    preg_match_all("/$outside$link/m", preg_replace(['/\r\n?/', $code], ["\n", ''], $body), $found);
    return array_map(fn ($number) => ['number' => (int) $number, 'exact' => null], array_slice($found[1], 0, 50));
}

// ---- Who may do what, and how often (section 8).
function spend(string $who, int $most, int $seconds): void {
    if (option('AFTERWORD_LIMITS', 'on') === 'off') return;
    $times = value('SELECT count(*) FROM spent WHERE who = ? AND at > ?', $who, time() - $seconds);
    must($times < $most, '429 too-many-requests', 'Try again later.', [], ['Retry-After' => "$seconds"]);
    query('INSERT INTO spent VALUES (?, ?)', $who, time());
}
function ownReply(array $person, string $id): array {
    must(reply($id)['author'] === $person['id'], '403 not-allowed', 'Only its author may do this.');
    return reply($id);
}
function mustBeOpen(string $thread, ?int $deleted): void {
    must($deleted === null, '409 reply-gone', 'This reply was deleted.');
    must(!thread($thread)['locked'], '403 thread-locked', 'This thread takes nothing more.');
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

// ---- Pages (step 7).
const ORDERS = [ // What each sorts by, and its cursors hold. An offset would move with every new reply.
    'oldest' => '0 AS score, number AS place', 'newest' => '0 AS score, -number AS place',
    'top' => '-(SELECT count(*) FROM reaction WHERE reply = reply.id AND deleted IS NULL) AS score, number AS place',
];
/** Where a page begins and ends among the places of a thread, which stand in its order. */
function bounds(array $places, string $order, int $limit): array {
    $total = count($places);
    $given = array_filter(['after', 'before', 'around'], fn ($name) => one($name) !== null);
    [$which, $another] = [...$given, null, null];
    check(!$another, PARAMETER, "$another", "it excludes $which");
    if (!$which) return [0, $limit];
    if ($which === 'around') {
        $at = array_search(numberAsked('around', $total, '1'), array_column($places, 'number'), true);
        $start = max(0, min((int) $at - intdiv($limit, 2), $total - $limit));
        return [$start, $start + $limit];
    }
    $isCursor = preg_match("/^$order\\.(-?\\d{1,9})\\.(-?\\d{1,9})\$/D", one($which), $cursor);
    check($isCursor, '400 bad-cursor', $which, 'it is no cursor of this order');
    $far = fn ($place) => [$place['score'], $place['place']] <=> [(int) $cursor[1], (int) $cursor[2]]; // -1 before it.
    $ahead = fn ($least) => count(array_filter($places, fn ($place) => $far($place) < $least));
    if ($which === 'before') return [max(0, $ahead(0) - $limit), max(1, $ahead(0))];
    $start = max(0, min($ahead(1), $total - 1)); // No page of a thread is empty.
    return [$start, $start + $limit];
}
function readPage(): array {
    [$id, $order, $limit] = [threadAsked(), one('order') ?? 'oldest', numberAsked('limit', 100, '50')];
    $sorted = check(ORDERS[$order] ?? '', PARAMETER, 'order', 'it is oldest, newest or top');
    $places = query("SELECT id, number, $sorted FROM reply WHERE thread = ? ORDER BY score, place", $id)->fetchAll();
    [$start, $end] = bounds($places, $order, $limit);
    $page = array_slice($places, $start, $end - $start);
    $cursor = fn ($place) => "$order.$place[score].$place[place]";
    $limits = ['bodyBytes' => BODY_BYTES, 'editSeconds' => EDIT_SECONDS];
    return [200, [
        'version' => 1,
        'thread' => thread($id) + ['features' => FEATURES, 'reactionTags' => TAGS, 'limits' => $limits],
        'replies' => array_map(fn ($place) => shown(reply($place['id'])), $page),
        'previous' => $start > 0 ? $cursor($page[0]) : null,
        'next' => $end < count($places) ? $cursor(end($page)) : null,
    ]];
}

// ---- Writing (steps 2 to 5). Each request is one transaction, begun with BEGIN IMMEDIATE: who comes at the same time
// waits. So numbers have no gaps, of two edits one is done, and no Idempotency-Key is ever met in flight.
function postReply(array $person, array $input): array {
    [$thread, $words] = [threadIn($input['thread'] ?? '', INVALID, '#/thread'), wordsIn($input)];
    [$key, $page] = [$_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? '', $input['page'] ?? []];
    check(strlen($key) <= 200, PARAMETER, 'Idempotency-Key', 'it has more than 200 bytes');
    check(is_array($page), BAD_BODY, '#/page', 'an object belongs here');
    [$title, $url] = [textIn($page, 'title', '#/page'), textIn($page, 'url', '#/page')];
    $said = hash('sha256', serialize([$thread, $words, $input['mentions'] ?? []]));
    $before = row('SELECT said, reply FROM key WHERE person = ? AND key = ?', $person['id'], $key);
    must(!$before || $before['said'] === $said, '422 key-reused', 'This key came with another reply.');
    if ($before) return answerWith($before['reply'], 201); // As it now is: its text may be gone.
    mustBeOpen($thread, null);
    query('INSERT OR IGNORE INTO thread (id, title, url) VALUES (?, ?, ?)', $thread,
        strlen($title) <= 1000 ? $title : null, preg_match('~^https?://.{1,1990}$~iD', $url) ? $url : null);
    query('UPDATE thread SET total = total + 1 WHERE id = ?', $thread);
    [$id, $number] = [bin2hex(random_bytes(8)), thread($thread)['total']];
    query('INSERT INTO reply (id, thread, number, author, published, body, format, quotes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)', $id, $thread, $number, $person['id'], time(), ...$words);
    if ($key !== '') query('INSERT INTO key VALUES (?, ?, ?, ?, ?)', $person['id'], $key, $said, $id, time());
    return answerWith($id, 201, ['Location' => '?' . http_build_query(['thread' => $thread, 'around' => $number])]);
}
function editReply(array $person, array $input, string $id): array {
    [$words, $reply] = [wordsIn($input), ownReply($person, $id)];
    must($_SERVER['HTTP_IF_MATCH'] ?? null, '428 revision-required', 'Name the revision that you changed in If-Match.');
    mustBeOpen($reply['thread'], $reply['deleted']);
    mustBeFresh($reply);
    query('UPDATE reply SET revision = revision + 1, edited = ?2, body = ?3, format = ?4, quotes = ?5 WHERE id = ?1',
        $id, time(), ...$words);
    return answerWith($id);
}
/** Its row stays: a number is never used again. Either may be sent twice. */
function deleteOrRestore(array $person, string $id): array {
    [$reply, $isDeletion] = [ownReply($person, $id), $_SERVER['REQUEST_METHOD'] === 'DELETE'];
    if ($isDeletion === ($reply['deleted'] !== null)) return answerWith($id);
    mustBeFresh($reply);
    query('UPDATE reply SET deleted = ? WHERE id = ?', $isDeletion ? time() : null, $id);
    return answerWith($id);
}
/** A reaction is a state: choosing it twice is no error. */
function react(array $person, string $id, string $tag): array {
    $reply = reply($id);
    $isOffered = in_array($tag, array_column(TAGS, 'tag'), true);
    must($isOffered, '404 unknown-tag', 'This thread does not offer that reaction.');
    mustBeOpen($reply['thread'], $reply['deleted']);
    query($_SERVER['REQUEST_METHOD'] === 'PUT' ? 'INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)'
        : 'DELETE FROM reaction WHERE reply = ? AND tag = ? AND person = ?', $id, $tag, $person['id']);
    return [200, reactionsTo($id)];
}

// ---- Who is looking (step 2).
function postGuest(?array $person, array $input): array {
    $name = preg_replace('/^[\s\p{Z}]+|[\s\p{Z}]+$/u', '', textIn($input, 'name'));
    $isName = preg_match('/^(?=.*[\p{L}\p{N}\p{So}])[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{2800}\x{3164}]{1,64}$/u', $name);
    check($isName, INVALID, '#/name', 'it has 1 to 64 characters, one of them a letter, and none that nobody can see');
    spend($_SERVER['REMOTE_ADDR'], GUESTS_AN_HOUR, 3600);
    [$id, $token] = [bin2hex(random_bytes(8)), bin2hex(random_bytes(24))];
    query('INSERT INTO person VALUES (?, ?, ?)', $id, $name, hash('sha256', $token)); // A thief has no use for that.
    return [201, ['token' => $token, 'person' => person($id)]];
}
/** The only personal answer. A token that is no good is like none: reading must not fail because of it. */
function readViewer(?array $person): array {
    [$thread, $who, $theirs] = [thread(threadAsked()), $person['id'] ?? '', []];
    $rows = query('SELECT id, deleted, author = ?1 AS own, coalesce(deleted, published) + ?2 AS until,
        (SELECT group_concat(tag) FROM reaction WHERE reply = reply.id AND person = ?1 AND deleted IS NULL) AS tags
        FROM reply WHERE thread = ?3', $who, EDIT_SECONDS, $thread['id']);
    foreach ($rows as ['id' => $id, 'deleted' => $deleted, 'own' => $isOwn, 'until' => $until, 'tags' => $tags]) {
        $may = $deleted !== null ? ['restore'] : ($thread['locked'] ? ['delete'] : ['edit', 'delete']);
        $change = $isOwn && $until >= time() ? ['may' => $may, 'until' => isoTime($until)] : [];
        if ($change || $tags) $theirs[$id] = $change + ['reactions' => $tags ? explode(',', $tags) : []];
    }
    $may = $person && !$thread['locked'] ? ['reply', 'react'] : [];
    return [200, ['person' => $person, 'may' => $may, 'replies' => (object) $theirs], ['Cache-Control' => 'no-store']];
}

// ---- HTTP (section 6).
const ROUTES = [ // Each gets who asks, what came in if it takes something, and what stands for `*`: an id, and a tag.
    '/replies' => ['GET' => 'readPage', 'POST' => 'postReply'],
    '/replies/*' => ['PATCH' => 'editReply', 'DELETE' => 'deleteOrRestore'],
    '/replies/*/restore' => ['POST' => 'deleteOrRestore'],
    '/replies/*/reactions/*' => ['PUT' => 'react', 'DELETE' => 'react'],
    '/guests' => ['POST' => 'postGuest'],
    '/viewer' => ['GET' => 'readViewer'],
];
const TAKE_INPUT = ['postReply', 'editReply', 'postGuest'];
const PREFLIGHT = [
    'Access-Control-Allow-Methods' => 'GET, HEAD, POST, PUT, PATCH, DELETE', 'Access-Control-Max-Age' => '7200',
    'Access-Control-Allow-Headers' => 'Authorization, Content-Type, Idempotency-Key, If-Match',
];
const COMMON = [
    'Access-Control-Allow-Origin' => '*', 'Access-Control-Expose-Headers' => 'ETag, Location, Retry-After',
    'X-Content-Type-Options' => 'nosniff', 'Cache-Control' => 'no-store', 'Content-Type' => 'application/json',
];
function json(mixed $value): string {
    return json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}
/** Who asks. Apache hands the header on only where .htaccess says so, and then under several names. */
function whoAsks(): ?array {
    $header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? '';
    $token = preg_match('/^Bearer +(\S+)$/i', $header, $found) ? hash('sha256', $found[1]) : '';
    return person((string) value('SELECT id FROM person WHERE token = ?', $token));
}
/** The handlers of what stands at a path, and what stands for its `*`. */
function routeTo(string $path): array {
    foreach (ROUTES as $route => $methods) {
        $pattern = '~^' . str_replace('*', '([^/]+)', $route) . '$~D';
        if (preg_match($pattern, $path, $parts)) return [$methods, array_slice($parts, 1)];
    }
    throw new Problem('404 unknown-route', 'There is nothing at this address.');
}
/** What is the same for everybody may lie in caches, and who has it already does not get it again. */
function cached(array $answer): array {
    if (isset($answer[2])) return $answer;
    $tag = hash('sha256', json($answer[1])); // Of what is sent, not of the time.
    $isKnown = array_intersect(['*', $tag], tagsIn($_SERVER['HTTP_IF_NONE_MATCH'] ?? ''));
    $headers = ['ETag' => "\"$tag\"", 'Cache-Control' => 'public, max-age=10, stale-while-revalidate=60'];
    return $isKnown ? [304, null, $headers] : [200, $answer[1], $headers];
}
function answer(): array {
    must(strlen($_SERVER['REQUEST_URI']) <= 16384, '414 address-too-long', 'An address may have 16384 bytes.');
    $path = ($_SERVER['PATH_INFO'] ?? '') ?: explode('?', $_SERVER['REQUEST_URI'])[0];
    $method = strtr($_SERVER['REQUEST_METHOD'], ['HEAD' => 'GET']);
    [$methods, $parts] = routeTo($path);
    if ($method === 'OPTIONS') return [204, null, PREFLIGHT];
    $allow = implode(', ', array_keys($methods));
    $handle = must($methods[$method] ?? null, '405 method-not-allowed', "It takes $allow.", [], ['Allow' => $allow]);
    $person = whoAsks();
    must($person || $method === 'GET' || $path === '/guests', '401 sign-in-required',
        'A token is needed, and none came that is good.', [], ['WWW-Authenticate' => 'Bearer']);
    // What comes in is read before the transaction begins: a slow client must not keep all others waiting.
    if (in_array($handle, TAKE_INPUT, true)) array_unshift($parts, input());
    database()->exec($method === 'GET' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    if ($method === 'GET') return cached($handle($person));
    forget();
    if ($person) spend($person['id'], WRITES_A_MINUTE, 60);
    $answer = $handle($person, ...$parts);
    database()->exec('COMMIT'); // What was thrown before is undone when the connection ends.
    return $answer;
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
