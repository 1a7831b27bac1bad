;; Dot products of one query with many rows, of 32-bit or 16-bit floats; the caller lays out the memory and aligns all to 16 bytes.
(module
  (memory (export "memory") 1)

  (func $sum (param $lanes v128) (result f32)
    (f32.add
      (f32.add
        (f32x4.extract_lane 0 (local.get $lanes))
        (f32x4.extract_lane 1 (local.get $lanes)))
      (f32.add
        (f32x4.extract_lane 2 (local.get $lanes))
        (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; `count` rows of `bytes` bytes each (a multiple of 32) at `rows`; the query at `query`; writes `count` floats at `out`.
  (func (export "dots32")
    (param $rows i32) (param $count i32) (param $bytes i32) (param $query i32) (param $out i32)
    (local $end i32) (local $rowEnd i32) (local $q i32)
    (local $even v128) (local $odd v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $nextRow
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $rowEnd (i32.add (local.get $rows) (local.get $bytes)))
        (local.set $q (local.get $query))
        (local.set $even (v128.const f32x4 0 0 0 0))
        (local.set $odd (v128.const f32x4 0 0 0 0))
        (loop $next
          (local.set $even
            (f32x4.add
              (local.get $even)
              (f32x4.mul (v128.load (local.get $rows)) (v128.load (local.get $q)))))
          (local.set $odd
            (f32x4.add
              (local.get $odd)
              (f32x4.mul
                (v128.load offset=16 (local.get $rows))
                (v128.load offset=16 (local.get $q)))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 32)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $next (i32.ne (local.get $rows) (local.get $rowEnd))))
        (f32.store
          (local.get $out)
          (call $sum (f32x4.add (local.get $even) (local.get $odd))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $nextRow))))

  ;; The same with rows of 16-bit floats: `bytes` a multiple of 16. Exponent and fraction keep their bits, three places further
  ;; right, which makes 32-bit floats that are divided by 2^112: the query, of 32-bit floats, was multiplied by that.
  (func (export "dots16")
    (param $rows i32) (param $count i32) (param $bytes i32) (param $query i32) (param $out i32)
    (local $end i32) (local $rowEnd i32) (local $q i32)
    (local $even v128) (local $odd v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $nextRow
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $rowEnd (i32.add (local.get $rows) (local.get $bytes)))
        (local.set $q (local.get $query))
        (local.set $even (v128.const f32x4 0 0 0 0))
        (local.set $odd (v128.const f32x4 0 0 0 0))
        (loop $next
          (local.set $even
            (f32x4.add
              (local.get $even)
              (f32x4.mul
                (v128.and
                  (i32x4.shr_s
                    (i32x4.shl (v128.load16x4_u (local.get $rows)) (i32.const 16))
                    (i32.const 3))
                  (v128.const i32x4 0x8fffe000 0x8fffe000 0x8fffe000 0x8fffe000))
                (v128.load (local.get $q)))))
          (local.set $odd
            (f32x4.add
              (local.get $odd)
              (f32x4.mul
                (v128.and
                  (i32x4.shr_s
                    (i32x4.shl (v128.load16x4_u offset=8 (local.get $rows)) (i32.const 16))
                    (i32.const 3))
                  (v128.const i32x4 0x8fffe000 0x8fffe000 0x8fffe000 0x8fffe000))
                (v128.load offset=16 (local.get $q)))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $next (i32.ne (local.get $rows) (local.get $rowEnd))))
        (f32.store
          (local.get $out)
          (call $sum (f32x4.add (local.get $even) (local.get $odd))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $nextRow)))))
