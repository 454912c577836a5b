;; MurmurHash3_x64_128 (Austin Appleby, public domain algorithm) over bytes of the module's own memory.
;; The 16 bytes of the result stand at address 0, h1 then h2, little-endian. Up to 15 bytes after the input are read
;; and masked away, so an input must end 16 bytes before the end of the memory.
(module
  (memory (export "memory") 1 1024)

  (func $finish (param $k i64) (result i64)
    (local.set $k (i64.mul (i64.xor (local.get $k) (i64.shr_u (local.get $k) (i64.const 33))) (i64.const 0xff51afd7ed558ccd)))
    (local.set $k (i64.mul (i64.xor (local.get $k) (i64.shr_u (local.get $k) (i64.const 33))) (i64.const 0xc4ceb9fe1a85ec53)))
    (i64.xor (local.get $k) (i64.shr_u (local.get $k) (i64.const 33))))

  (func $mix1 (param $k i64) (result i64)
    (i64.mul
      (i64.rotl (i64.mul (local.get $k) (i64.const 0x87c37b91114253d5)) (i64.const 31))
      (i64.const 0x4cf5ad432745937f)))

  (func $mix2 (param $k i64) (result i64)
    (i64.mul
      (i64.rotl (i64.mul (local.get $k) (i64.const 0x4cf5ad432745937f)) (i64.const 33))
      (i64.const 0x87c37b91114253d5)))

  ;; The first n (0..8) of the eight bytes at an address, the others zero.
  (func $head (param $at i32) (param $n i32) (result i64)
    (if (i32.eqz (local.get $n)) (then (return (i64.const 0))))
    (i64.and
      (i64.load align=1 (local.get $at))
      (i64.shr_u (i64.const -1) (i64.extend_i32_u (i32.sub (i32.const 64) (i32.shl (local.get $n) (i32.const 3)))))))

  (func (export "hash") (param $at i32) (param $length i32) (param $seed i32)
    (local $h1 i64) (local $h2 i64) (local $stop i32) (local $rest i32)
    (local.set $h1 (i64.extend_i32_u (local.get $seed)))
    (local.set $h2 (local.get $h1))
    (local.set $stop (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -16))))
    (block $done
      (loop $blocks
        (br_if $done (i32.ge_u (local.get $at) (local.get $stop)))
        (local.set $h1 (i64.xor (local.get $h1) (call $mix1 (i64.load align=1 (local.get $at)))))
        (local.set $h1 (i64.add (i64.rotl (local.get $h1) (i64.const 27)) (local.get $h2)))
        (local.set $h1 (i64.add (i64.mul (local.get $h1) (i64.const 5)) (i64.const 0x52dce729)))
        (local.set $h2 (i64.xor (local.get $h2) (call $mix2 (i64.load offset=8 align=1 (local.get $at)))))
        (local.set $h2 (i64.add (i64.rotl (local.get $h2) (i64.const 31)) (local.get $h1)))
        (local.set $h2 (i64.add (i64.mul (local.get $h2) (i64.const 5)) (i64.const 0x38495ab5)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (local.set $rest (i32.and (local.get $length) (i32.const 15)))
    (if (local.get $rest)
      (then
        (if (i32.gt_u (local.get $rest) (i32.const 8))
          (then
            (local.set $h2 (i64.xor (local.get $h2)
              (call $mix2 (call $head (i32.add (local.get $at) (i32.const 8)) (i32.sub (local.get $rest) (i32.const 8))))))
            (local.set $rest (i32.const 8))))
        (local.set $h1 (i64.xor (local.get $h1) (call $mix1 (call $head (local.get $at) (local.get $rest)))))))
    (local.set $h1 (i64.xor (local.get $h1) (i64.extend_i32_u (local.get $length))))
    (local.set $h2 (i64.xor (local.get $h2) (i64.extend_i32_u (local.get $length))))
    (local.set $h1 (i64.add (local.get $h1) (local.get $h2)))
    (local.set $h2 (i64.add (local.get $h2) (local.get $h1)))
    (local.set $h1 (call $finish (local.get $h1)))
    (local.set $h2 (call $finish (local.get $h2)))
    (local.set $h1 (i64.add (local.get $h1) (local.get $h2)))
    (i64.store (i32.const 0) (local.get $h1))
    (i64.store (i32.const 8) (i64.add (local.get $h2) (local.get $h1)))))
