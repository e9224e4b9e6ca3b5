-- No indexes: at 100,000 notes and a million links they doubled the first insert and the file, and no query got faster.
create table meta (schema_version integer not null, watermark text, watermark_before text);
insert into meta values (0, null, null);

create table notes (
    path text not null, title text not null, kind text not null, folder text not null, size bigint not null,
    created timestamp, modified timestamp, digest blob, words uinteger, characters uinteger,
    tasks_open uinteger, tasks_done uinteger, skipped text
);
create table headings (path text not null, position uinteger not null, level utinyint not null, text text not null, line uinteger not null);
create table links (
    path text not null, position uinteger not null, kind text not null, target text not null, subpath text, display text,
    external boolean not null, line uinteger not null, key text, resolved text
);
create table tags (path text not null, tag text not null, key text not null, inline boolean not null, line uinteger);
create table properties (path text not null, key text not null, type text not null, value text);
create table blocks (path text not null, id text not null, line uinteger not null);
create table aliases (path text not null, alias text not null, key text not null);
create table timings (method text not null, called_at timestamp not null, took_ms double not null);
