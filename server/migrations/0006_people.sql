-- People in the sequence in which they are offered to whoever types a name: those who wrote most first, and among those
-- who wrote nothing, guests last; whoever may have made themselves many must push nobody out of sight.
CREATE INDEX person_by_posts ON person (COALESCE(posts, 0) DESC, role IS 'guest', pk)
    WHERE id IS NOT NULL AND NOT erased AND NOT banned;
